package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kit.Trials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyOutputStream;

class SnappyChunksTest {
    private static byte[] framed(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var packing = new SnappyOutputStream(out, 1024)) {
            packing.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] unpacked(byte[] packed) throws IOException {
        return new SnappyChunks(packed).readAllBytes();
    }

    @Test
    void a_chunk_that_claims_more_than_it_can_hold_is_refused_before_memory_is_reserved() {
        // A bare block whose length says 2 GiB - 1.
        byte[] hostile = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7, 0, 0};
        assertThatThrownBy(() -> unpacked(hostile))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("claims to hold");
    }

    @Test
    void a_chunk_that_is_cut_off_is_refused() throws IOException {
        byte[] whole = framed(new byte[5000]);
        for (int size = 17; size < whole.length; size++) {
            assertThat(outcome(Arrays.copyOf(whole, size))).isNotEqualTo(5000);
        }
    }

    /// Bytes unpacked; -1 when they were refused.
    private static int outcome(byte[] packed) {
        try {
            return unpacked(packed).length;
        } catch (IOException e) {
            return -1;
        }
    }

    @Test
    void every_kind_of_stream_unpacks_to_what_was_packed() {
        Trials.run(
                200,
                random -> {
                    var bytes = new byte[random.nextInt(5000)];
                    if (random.nextBoolean()) {
                        random.nextBytes(bytes);
                    }
                    assertThat(unpacked(framed(bytes))).isEqualTo(bytes);
                    assertThat(unpacked(Snappy.compress(bytes))).isEqualTo(bytes);
                    var two = new ByteArrayOutputStream();
                    two.write(framed(bytes));
                    two.write(framed(new byte[] {1, 2, 3}));
                    var expected = new ByteArrayOutputStream();
                    expected.write(bytes);
                    expected.write(new byte[] {1, 2, 3});
                    assertThat(unpacked(two.toByteArray())).isEqualTo(expected.toByteArray());
                });
    }
}
