package io.sinew.cli;

import picocli.CommandLine.Command;

/// `sinew queue …`.
@Command(
        name = "queue",
        description = "Create and describe work queues, send to them and receive from them.")
final class QueueCommand {}
