package io.sinew.cli;

import picocli.CommandLine.Command;

/// `sinew sub …`.
@Command(
        name = "sub",
        description = "Create and describe subscriptions to topics, and pull from them.")
final class SubCommand {}
