package io.sinew.kafkawire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sinew.base.ErrorCode;
import io.sinew.kit.Trials;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Frames from somebody who means harm: each is read or refused with a [WireException], for memory
/// in proportion to the frame.
class HostileFrameTest {
    /// Bytes allocated per byte of the frame, at most. The worst is a struct of three bytes on the
    /// wire with two lists in it.
    private static final int MAX_BYTES_PER_BYTE = 24;

    /// Bytes allocated whatever the frame's size: an exception with its trace, a decoder.
    private static final int MAX_FIXED_BYTES = 64 << 10;

    /// Places in one frame where a hostile number is tried, at most.
    private static final int MAX_PLACES = 60;

    private static final int[] HOSTILE_INT32 = {
        Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -2, 1_000_000, 1_000_001, 0x7fff_fff0, 0xffff
    };

    private static final byte[][] HOSTILE_VARINTS = {
        {-1, -1, -1, -1, 15},
        {-1, -1, -1, -1, 7},
        {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
        {-128, -128, -128, -128, 8},
        {-63, -124, 61},
        {-1, -1, 127}
    };

    @Test
    void a_frame_cut_anywhere_is_refused() {
        Trials.run(
                2,
                random ->
                        Codec.forEachVersion((codec, version) -> {
                            byte[] whole = valid(random, codec, version);
                            for (int length = 0; length < whole.length; length++) {
                                byte[] cut = Arrays.copyOf(whole, length);
                                if (readOrRefuse(codec, version, cut)) {
                                    fail("read %s of %s bytes", length, whole.length);
                                }
                            }
                        }));
    }

    @Test
    void a_hostile_number_anywhere_is_read_or_refused_and_costs_little() {
        Trials.run(
                4,
                random ->
                        Codec.forEachVersion((codec, version) -> {
                            byte[] frame = valid(random, codec, version);
                            for (int at = 0; at < frame.length; at++) {
                                readOrRefuse(codec, version, withInt32(frame, at, random));
                                readOrRefuse(codec, version, withVarint(frame, at, random));
                            }
                        }));
    }

    @Test
    void random_bytes_are_read_or_refused_and_cost_little() {
        Trials.run(
                40,
                random ->
                        Codec.forEachVersion((codec, version) -> {
                            byte[] noise = new byte[random.nextInt(2_000)];
                            random.nextBytes(noise);
                            readOrRefuse(codec, version, noise);
                            // Small numbers get further than large ones: they pass for lengths.
                            for (int i = 0; i < noise.length; i++) {
                                noise[i] = (byte) random.nextInt(4);
                            }
                            readOrRefuse(codec, version, noise);
                        }));
    }

    @Test
    void some_flipped_bytes_are_read_or_refused_and_cost_little() {
        Trials.run(
                20,
                random ->
                        Codec.forEachVersion((codec, version) -> {
                            byte[] frame = valid(random, codec, version);
                            for (int i = 0; i < 3 && frame.length > 0; i++) {
                                int at = random.nextInt(frame.length);
                                frame[at] = (byte) random.nextInt(256);
                            }
                            readOrRefuse(codec, version, frame);
                        }));
    }

    @Test
    void the_cheapest_elements_on_the_wire_cost_a_small_multiple_in_memory() {
        int topics = 300_000;
        WireWriter out = new WireWriter(1 << 20, 1 << 20);
        out.writeUnsignedVarint(topics + 1);
        for (int i = 0; i < topics; i++) {
            out.writeString("", true);
            out.writeUnsignedVarint(1);
            out.writeUnsignedVarint(0);
        }
        out.writeInt32(1_000);
        out.writeUnsignedVarint(0);
        byte[] frame = Codec.bytesOf(out);
        Allocation.checkAtMost(
                (long) frame.length * MAX_BYTES_PER_BYTE,
                () -> {
                    DeleteRecordsRequest request =
                            (DeleteRecordsRequest)
                                    ApiKey.DELETE_RECORDS.readRequest(
                                            new WireReader(ByteBuffer.wrap(frame)), 2);
                    assertThat(request.topics).hasSize(topics);
                });
    }

    /// Whether the frame was read. Fails if it was neither read nor properly refused, or cost too
    /// much.
    private static boolean readOrRefuse(Codec codec, int version, byte[] frame) {
        boolean[] read = {false};
        long limit = (long) frame.length * MAX_BYTES_PER_BYTE + MAX_FIXED_BYTES;
        Allocation.checkAtMost(
                limit,
                () -> {
                    try {
                        codec.read(frame, version);
                        read[0] = true;
                    } catch (WireException e) {
                        if (e.code() != ErrorCode.INVALID_REQUEST) {
                            fail("refused as " + e.code(), e);
                        }
                    }
                });
        return read[0];
    }

    private static byte[] valid(SplittableRandom random, Codec codec, int version)
            throws ReflectiveOperationException {
        return new RandomMessage(random, 0.3, true).draw(codec.kafkaSchema(version));
    }

    private static byte[] withInt32(byte[] frame, int at, SplittableRandom random) {
        int value = HOSTILE_INT32[random.nextInt(HOSTILE_INT32.length)];
        byte[] bytes = {
            (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
        };
        return overwrite(frame, at, bytes);
    }

    private static byte[] withVarint(byte[] frame, int at, SplittableRandom random) {
        return overwrite(frame, at, HOSTILE_VARINTS[random.nextInt(HOSTILE_VARINTS.length)]);
    }

    private static byte[] overwrite(byte[] frame, int at, byte[] bytes) {
        byte[] changed = frame.clone();
        System.arraycopy(bytes, 0, changed, at, Math.min(bytes.length, frame.length - at));
        return changed;
    }
}
