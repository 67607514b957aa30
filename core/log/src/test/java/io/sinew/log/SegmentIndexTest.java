package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The sparse index against a list of all batches.
class SegmentIndexTest {
    private record Batch(int offsetDelta, int position, int sizeBytes, long timestamp) {}

    @Test
    void a_look_up_starts_at_or_before_what_it_looks_for_and_not_much_before() {
        Trials.run(
                300,
                random -> {
                    int interval = random.nextInt(5000);
                    var index = new SegmentIndex();
                    var batches = new ArrayList<Batch>();
                    int position = 0;
                    int offset = 0;
                    int largest = 0;
                    for (int i = random.nextInt(200); i >= 0; i--) {
                        int size = random.nextInt(61, 1500);
                        long timestamp = 1000L + i + random.nextInt(-50, 50);
                        index.add(offset, position, size, timestamp, interval);
                        batches.add(new Batch(offset, position, size, timestamp));
                        position += size;
                        offset += random.nextInt(1, 10);
                        largest = Math.max(largest, size);
                    }
                    assertThat(index.coveredBytes()).isEqualTo(position);
                    for (Batch batch : batches) {
                        int found = index.positionBefore(batch.offsetDelta());
                        assertThat(found).isLessThanOrEqualTo(batch.position());
                        assertThat(batch.position() - found).isLessThan(interval + largest);
                        assertThat(batches).anyMatch(other -> other.position() == found);
                    }
                    for (long timestamp = 900; timestamp < 1300; timestamp += 7) {
                        checkTime(index, batches, timestamp, interval + largest);
                    }
                });
    }

    private static void checkTime(
            SegmentIndex index, List<Batch> batches, long timestamp, int maxDistance) {
        int found = index.positionForTimestamp(timestamp);
        batches.stream()
                .filter(batch -> batch.timestamp() >= timestamp)
                .findFirst()
                .ifPresent(first -> {
                    assertThat(found).isLessThanOrEqualTo(first.position());
                    assertThat(first.position() - found).isLessThan(2 * maxDistance);
                });
    }
}
