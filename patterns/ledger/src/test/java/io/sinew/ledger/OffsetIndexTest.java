package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

class OffsetIndexTest {
    @Test
    void what_is_not_there_is_not_found_and_can_not_be_removed() {
        var index = new OffsetIndex();
        assertThat(index.find(0)).isEqualTo(OffsetIndex.NONE);
        assertThat(index.remove(0)).isEqualTo(OffsetIndex.NONE);
        assertThat(index.count()).isZero();
    }

    @Test
    void numbers_are_found_by_their_offsets_whatever_was_removed() {
        Trials.run(
                60,
                random -> {
                    var index = new OffsetIndex();
                    var model = new HashMap<Long, Integer>();
                    long base = random.nextLong(Long.MAX_VALUE / 2);
                    int range = 1 << random.nextInt(4, 12);
                    int step = 1 << random.nextInt(4);
                    for (int i = 0; i < 5_000; i++) {
                        long offset = base + (long) step * random.nextInt(range);
                        Integer known = model.get(offset);
                        assertThat(index.find(offset)).isEqualTo(known == null ? -1 : known);
                        if (known == null) {
                            index.add(offset, i);
                            model.put(offset, i);
                        } else {
                            assertThat(index.remove(offset)).isEqualTo(model.remove(offset));
                        }
                        assertThat(index.count()).isEqualTo(model.size());
                    }
                    model.forEach(
                            (offset, number) -> assertThat(index.remove(offset)).isEqualTo(number));
                    assertThat(index.count()).isZero();
                });
    }
}
