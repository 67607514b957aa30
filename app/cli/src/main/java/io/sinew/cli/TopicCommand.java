package io.sinew.cli;

import picocli.CommandLine.Command;

/// `sinew topic …`.
@Command(name = "topic", description = "Create, list, describe, alter and delete topics.")
final class TopicCommand {}
