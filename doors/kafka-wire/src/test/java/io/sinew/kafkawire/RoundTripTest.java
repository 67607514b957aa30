package io.sinew.kafkawire;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.kit.Trials;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Our codecs beside those of kafka-clients, for every served message in every served version.
class RoundTripTest {
    private static final int TRIALS = 12;

    @Test
    void a_message_is_read_as_kafka_reads_it_and_written_byte_for_byte() {
        Trials.run(
                TRIALS,
                random ->
                        Codec.forEachVersion((codec, version) -> {
                            double plainness = random.nextInt(3) * 0.4;
                            RandomMessage messages = new RandomMessage(random, plainness, false);
                            byte[] drawn = messages.draw(codec.kafkaSchema(version));
                            var kafkas = codec.readByKafka(drawn, version);
                            byte[] expected = Codec.writeByKafka(kafkas, version);

                            Message ours = codec.read(expected, version);
                            SameFields.check(ours, kafkas);
                            assertThat(Codec.write(ours, version)).isEqualTo(expected);
                        }));
    }

    @Test
    void a_message_ends_where_its_last_byte_is_read_from_heap_and_from_direct_buffers() {
        Trials.run(
                2,
                random ->
                        Codec.forEachVersion((codec, version) -> {
                            RandomMessage messages = new RandomMessage(random, 0.1, true);
                            byte[] drawn = messages.draw(codec.kafkaSchema(version));
                            ByteBuffer heap = ByteBuffer.allocate(drawn.length + 20);
                            ByteBuffer direct = ByteBuffer.allocateDirect(drawn.length + 20);
                            for (ByteBuffer buffer : Arrays.asList(heap, direct)) {
                                buffer.put(7, drawn).position(7);
                                WireReader in = new WireReader(buffer);
                                Message message = codec.reader().read(in, version);
                                assertThat(in.position()).isEqualTo(drawn.length);
                                assertThat(in.remaining()).isEqualTo(13);
                                SameFields.check(message, codec.readByKafka(drawn, version));
                            }
                        }));
    }

    @Test
    void unknown_tagged_fields_are_passed_over() {
        Trials.run(
                TRIALS,
                random ->
                        Codec.forEachVersion((codec, version) -> {
                            RandomMessage messages = new RandomMessage(random, 0.3, true);
                            byte[] drawn = messages.draw(codec.kafkaSchema(version));
                            Message ours = codec.read(drawn, version);
                            SameFields.check(ours, codec.readByKafka(drawn, version));
                            byte[] without = Codec.write(ours, version);
                            assertThat(without).hasSizeLessThanOrEqualTo(drawn.length);
                            SameFields.check(ours, codec.readByKafka(without, version));
                        }));
    }

    @Test
    void a_new_message_has_kafkas_defaults() throws Exception {
        Codec.forEachVersion((codec, version) -> {
            SameFields.check(codec.newMessage(), codec.newKafkaMessage());
            assertThat(tryWrite(codec.newMessage(), version))
                    .isEqualTo(tryWriteByKafka(codec.newKafkaMessage(), version));
        });
    }

    @Test
    void a_value_that_a_version_cannot_carry_is_refused_where_kafka_refuses_it() {
        Trials.run(
                6 * TRIALS,
                random -> {
                    int[] refused = {0, 0};
                    Codec.forEachVersion((codec, version) -> {
                        RandomMessage messages =
                                new RandomMessage(random, random.nextDouble(), false);
                        int newest = codec.maxVersion();
                        byte[] drawn = messages.draw(codec.kafkaSchema(newest));
                        var kafkas = codec.readByKafka(drawn, newest);
                        Message ours = codec.read(drawn, newest);
                        Optional<String> expected = tryWriteByKafka(kafkas, version);
                        assertThat(tryWrite(ours, version)).isEqualTo(expected);
                        refused[expected.isEmpty() ? 1 : 0]++;
                    });
                    assertThat(refused).as("both outcomes occur").doesNotContain(0);
                });
    }

    @Test
    void a_version_that_is_not_served_is_refused_by_name() throws Exception {
        for (Codec codec : Codec.all()) {
            for (int version : new int[] {-1, codec.minVersion() - 1, codec.maxVersion() + 1}) {
                assertThat(refusal(() -> codec.read(new byte[100], version)))
                        .contains(ErrorCode.UNSUPPORTED_VERSION);
                Message message = codec.newMessage();
                assertThat(refusal(() -> Codec.write(message, version)))
                        .contains(ErrorCode.UNSUPPORTED_VERSION);
            }
        }
    }

    private static Optional<ErrorCode> refusal(Runnable call) {
        try {
            call.run();
            return Optional.empty();
        } catch (WireException e) {
            return Optional.of(e.code());
        }
    }

    /// The bytes as text, or nothing if the writer refuses.
    private static Optional<String> tryWrite(Message message, int version) {
        try {
            return Optional.of(Arrays.toString(Codec.write(message, version)));
        } catch (WireException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> tryWriteByKafka(
            org.apache.kafka.common.protocol.Message message, int version) {
        try {
            return Optional.of(Arrays.toString(Codec.writeByKafka(message, version)));
        } catch (RuntimeException _) {
            return Optional.empty();
        }
    }
}
