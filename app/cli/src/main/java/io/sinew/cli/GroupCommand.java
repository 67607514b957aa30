package io.sinew.cli;

import picocli.CommandLine.Command;

/// `sinew group …`.
@Command(name = "group", description = "List, describe, reset and delete consumer groups.")
final class GroupCommand {}
