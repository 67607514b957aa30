package io.sinew.bench;

import io.sinew.kit.ChildProcess;
import io.sinew.kit.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sinew, started by its own launcher as a user starts it.
///
/// @param launcher the file `sinew` in the project's root
/// @param settings as for `--set`: `durability=os`
record SinewPeer(String name, String durability, Path launcher, List<String> settings)
        implements Peer {
    SinewPeer {
        settings = List.copyOf(settings);
    }

    /// Sinew as it comes.
    static SinewPeer asItComes(Path launcher) {
        return new SinewPeer(
                "sinew", "durable: one sync for all who wait for it", launcher, List.of());
    }

    /// With Kafka's own habit.
    static SinewPeer trustingTheSystem(Path launcher) {
        return new SinewPeer(
                "sinew-os",
                "not durable: acknowledged from the page cache",
                launcher,
                List.of("durability=os"));
    }

    @Override
    public String command() {
        return "./sinew up --data DIR"
                + String.join("", settings.stream().map(s -> " --set " + s).toList());
    }

    @Override
    public Broker broker(Path folder) {
        return new SinewBroker(folder);
    }

    private final class SinewBroker implements Broker {
        private final Path folder;
        private final int kafkaPort = FreePorts.next();
        private final int httpPort = FreePorts.next();
        private @Nullable ChildProcess process;

        SinewBroker(Path folder) {
            this.folder = folder;
        }

        @Override
        public void prepare() {
            // Nothing: the first start makes the data folder.
        }

        @Override
        public ChildProcess spawn() throws IOException {
            var command = new ArrayList<String>();
            command.add(launcher.toAbsolutePath().toString());
            command.addAll(List.of("up", "--data", dataFolder().toString()));
            command.addAll(List.of("--kafka", "127.0.0.1:" + kafkaPort));
            command.addAll(List.of("--http", "127.0.0.1:" + httpPort));
            for (String setting : settings) {
                command.addAll(List.of("--set", setting));
            }
            process =
                    ChildProcess.start(
                            name, new ProcessBuilder(command), folder.resolve("sinew.log"));
            return process;
        }

        @Override
        public ChildProcess process() {
            if (process == null) {
                throw new IllegalStateException("Sinew was not started");
            }
            return process;
        }

        @Override
        public InetSocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), kafkaPort);
        }

        @Override
        public Path dataFolder() {
            return folder.resolve("data");
        }

        @Override
        public void close() {
            if (process != null) {
                process.close();
            }
        }
    }
}
