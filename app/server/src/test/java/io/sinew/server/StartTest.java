package io.sinew.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.FaultyDisk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A server that can't start.
class StartTest {
    private static final Path DIRECTORY = Path.of("/data");

    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static ServerConfig config() {
        return config(ANY_PORT, Optional.empty());
    }

    private static ServerConfig config(InetSocketAddress kafka, Optional<InetSocketAddress> http) {
        return new ServerConfig(DIRECTORY, kafka, Optional.empty(), http, Map.of());
    }

    @Test
    void damaged_data_leaves_no_file_open_and_no_lock_behind() throws Exception {
        var disk = new FaultyDisk();
        SinewServer.start(config(), disk, Clock.system()).close();
        byte[] checkpoint = disk.contentOf(DIRECTORY.resolve("checkpoint"));
        disk.flipBit(DIRECTORY.resolve("checkpoint"), checkpoint.length / 2, 3);
        // The second time would meet the lock of the first.
        for (int round = 0; round < 2; round++) {
            assertThatThrownBy(() -> SinewServer.start(config(), disk, Clock.system()))
                    .isInstanceOfSatisfying(
                            SinewException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED_DATA));
            assertThat(disk.openFiles()).isZero();
        }
        disk.flipBit(DIRECTORY.resolve("checkpoint"), checkpoint.length / 2, 3);
        SinewServer.start(config(), disk, Clock.system()).close();
    }

    @Test
    void a_port_that_is_taken_leaves_no_file_open_no_lock_and_no_other_port_behind()
            throws Exception {
        var disk = new FaultyDisk();
        try (var others = new ServerSocket()) {
            others.bind(ANY_PORT);
            var taken = (InetSocketAddress) others.getLocalSocketAddress();
            assertRefused(config(taken, Optional.empty()), disk);
            InetSocketAddress free;
            try (var server = SinewServer.start(config(), disk, Clock.system())) {
                free = server.kafkaAddress();
            }
            // The Kafka door is open by then.
            assertRefused(config(free, Optional.of(taken)), disk);
            SinewServer.start(config(free, Optional.empty()), disk, Clock.system()).close();
        }
    }

    private static void assertRefused(ServerConfig config, FaultyDisk disk) {
        assertThatThrownBy(() -> SinewServer.start(config, disk, Clock.system()))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.ADDRESS_UNAVAILABLE));
        assertThat(disk.openFiles()).isZero();
    }
}
