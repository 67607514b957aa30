package io.sinew.bench;

import io.sinew.library.Sinew;
import java.nio.file.Path;
import java.util.List;

/// Sinew's queues inside the driver's process, by their Java interface: what an application has
/// that embeds it.
record SinewQueue() implements QueuePeer {
    private static final int PARTITIONS = 1;

    @Override
    public String name() {
        return "sinew";
    }

    @Override
    public String durability() {
        return "durable: one sync for all who wait for it";
    }

    @Override
    public String command() {
        return "Sinew.open(folder), a queue with its defaults and "
                + PARTITIONS
                + " partition; in the driver's own JVM: CPU time and memory are those of both";
    }

    @Override
    public boolean inDriver() {
        return true;
    }

    @Override
    public QueueSystem start(Path folder) throws Exception {
        long self = ProcessHandle.current().pid();
        return new SinewSystem(
                Sinew.open(folder.resolve("data")), PARTITIONS, List.of(self), () -> {});
    }
}
