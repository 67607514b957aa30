package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Batches;
import io.sinew.kit.Trials;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EndOfBatchesTest {
    @Test
    void nothing_ends_where_it_begins() {
        assertThat(new EndOfBatches(7).nextOffset()).isEqualTo(7);
    }

    @Test
    void however_the_bytes_are_cut_the_last_offset_is_found() {
        Trials.run(
                200,
                random -> {
                    var all = ByteBuffer.allocate(10_000);
                    long offset = random.nextLong(1L << 40);
                    var end = new EndOfBatches(offset);
                    for (int left = random.nextInt(1, 6); left > 0; left--) {
                        var values = new String[random.nextInt(1, 4)];
                        Arrays.fill(values, "v".repeat(random.nextInt(300)));
                        ByteBuffer batch = Batches.plain().of(values).putLong(0, offset);
                        all.put(batch);
                        offset += values.length;
                    }
                    all.flip();
                    while (all.hasRemaining()) {
                        int size = Math.min(random.nextInt(1, 200), all.remaining());
                        ByteBuffer piece = all.slice(all.position(), size);
                        assertThat(end.write(piece)).isEqualTo(size);
                        assertThat(piece.hasRemaining()).isFalse();
                        all.position(all.position() + size);
                    }
                    assertThat(end.nextOffset()).isEqualTo(offset);
                });
    }
}
