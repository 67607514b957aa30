package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static io.sinew.clients.JavaClients.numbered;
import static io.sinew.clients.JavaClients.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ChildProcess;
import io.sinew.kit.ForkedSinew;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Data directories on which a server must not start, and says why in a line.
class StartTest {
    private static final int IN_THE_WAY = 5;
    private static final int BAD_DATA = 6;
    private static final TopicPartition PARTITION = new TopicPartition("kept", 0);

    @TempDir Path folder;

    private static void assertRefused(ForkedSinew sinew, int exitCode, String... reasons)
            throws Exception {
        try (ChildProcess process = sinew.spawn()) {
            assertThat(process.awaitExit(LIMIT)).isEqualTo(exitCode);
            assertThat(process.lastLines()).hasSize(1);
            assertThat(process.lastLines().getFirst()).contains(reasons);
        }
    }

    private static void assertKept(ForkedSinew sinew, List<String> values) throws Exception {
        try (var consumer = new JavaClients(sinew.bootstrap()).consumer(Map.of())) {
            consumer.assign(List.of(PARTITION));
            assertThat(texts(JavaClients.take(consumer, values.size()))).isEqualTo(values);
        }
    }

    @Test
    void a_second_process_on_a_data_directory_is_refused_and_the_first_goes_on() throws Exception {
        try (var first = ForkedSinew.start(folder)) {
            var clients = new JavaClients(first.bootstrap());
            clients.send(PARTITION, Map.of(), List.of("before"));
            try (var second = new ForkedSinew(folder)) {
                assertRefused(second, IN_THE_WAY, first.dataFolder().toString(), "--data");
            }
            clients.send(PARTITION, Map.of(), List.of("after"));
            assertKept(first, List.of("before", "after"));
        }
    }

    @Test
    void an_address_that_is_taken_is_refused_and_the_data_directory_left_free() throws Exception {
        try (var first = ForkedSinew.start(folder.resolve("first"))) {
            try (var second = first.onSameAddress(folder.resolve("second"))) {
                assertRefused(second, IN_THE_WAY, first.bootstrap(), "--kafka");
            }
        }
        try (var later = ForkedSinew.start(folder.resolve("second"))) {
            assertKept(later, List.of());
        }
    }

    @Test
    void a_data_directory_of_a_newer_version_is_refused_and_left_alone() throws Exception {
        try (var sinew = ForkedSinew.start(folder)) {
            new JavaClients(sinew.bootstrap()).send(PARTITION, Map.of(), List.of("kept"));
            assertThat(sinew.process().stop(LIMIT)).isTrue();
            Path identity = sinew.dataFolder().resolve("sinew.properties");
            String ours = Files.readString(identity);
            Files.writeString(identity, ours.replace("format.version=1", "format.version=2"));
            assertRefused(sinew, BAD_DATA, "written by a newer Sinew (format 2;", "knows up to 1");
            Files.writeString(identity, ours);
            sinew.start();
            assertKept(sinew, List.of("kept"));
        }
    }

    @Test
    void damage_before_intact_data_is_refused_with_its_position() throws Exception {
        List<String> values = numbered("value ", 50);
        try (var sinew = ForkedSinew.start(folder)) {
            var clients = new JavaClients(sinew.bootstrap());
            for (String value : values) {
                // One after another, so that each has a block of its own.
                clients.send(PARTITION, Map.of(), List.of(value));
            }
            sinew.kill();
            Path wal = sinew.dataFolder().resolve("wal").resolve("0000000000000000.wal");
            long position = positionOf("value 20", wal);
            flip(wal, position);
            long block = position / 4096 * 4096;
            assertRefused(sinew, BAD_DATA, wal + " is damaged at byte " + block, "backup");
            flip(wal, position);
            sinew.start();
            assertKept(sinew, values);
        }
    }

    private static long positionOf(String text, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        byte[] wanted = JavaClients.bytes(text);
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (ByteBuffer.wrap(bytes, i, wanted.length).equals(ByteBuffer.wrap(wanted))) {
                return i;
            }
        }
        throw new AssertionError(text + " is not in " + file);
    }

    private static void flip(Path file, long position) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, position);
            channel.write(one.put(0, (byte) (one.get(0) ^ 1)).flip(), position);
        }
    }
}
