package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.FaultyDisk;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Which indexes stay in memory.
class IndexCacheTest {
    private final FaultyDisk disk = new FaultyDisk();
    private final OpenFiles files = new OpenFiles(disk, 1);
    private final int oneBytes = new SegmentIndex().memoryBytes();

    private Segment segment(long baseOffset) {
        return new Segment(disk, files, Path.of("/segments"), baseOffset, 0, null);
    }

    @Test
    void the_index_longest_unused_makes_room() {
        var cache = new IndexCache(2L * oneBytes);
        Segment first = segment(1);
        Segment second = segment(2);
        Segment third = segment(3);
        cache.put(first, new SegmentIndex());
        cache.put(second, new SegmentIndex());
        assertThat(cache.get(first)).isNotNull();
        cache.put(third, new SegmentIndex());
        assertThat(cache.get(first)).isNotNull();
        assertThat(cache.get(second)).isNull();
        assertThat(cache.get(third)).isNotNull();
    }

    @Test
    void what_was_removed_or_replaced_takes_no_room() {
        var cache = new IndexCache(2L * oneBytes);
        Segment first = segment(1);
        Segment second = segment(2);
        cache.put(first, new SegmentIndex());
        for (int i = 0; i < 10; i++) {
            cache.put(second, new SegmentIndex());
            cache.remove(second);
            cache.remove(second);
            cache.put(second, new SegmentIndex());
        }
        assertThat(cache.get(first)).isNotNull();
        assertThat(cache.get(second)).isNotNull();
    }

    @Test
    void an_index_larger_than_the_bound_is_not_kept() {
        var cache = new IndexCache(oneBytes);
        var large = new SegmentIndex();
        for (int i = 0; i < 5; i++) {
            large.put(i, i, i);
        }
        Segment first = segment(1);
        cache.put(first, large);
        assertThat(cache.get(first)).isNull();
        Segment small = segment(2);
        cache.put(small, new SegmentIndex());
        assertThat(cache.get(small)).isNotNull();
    }
}
