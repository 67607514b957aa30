package io.sinew.sim;

import io.sinew.kit.Batches;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What producers send to compacted topics: records of a few keys, and tombstones among them.
final class KeyedContent {
    /// So few that most records replace another one.
    private static final int KEYS = 12;

    private final Chance chance;

    KeyedContent(Chance chance) {
        this.chance = chance;
    }

    /// A batch with these values, but for some tombstones in their place.
    ByteBuffer some(Batches batches, String... values) {
        var keysAndValues = new ArrayList<@Nullable String>();
        for (String value : values) {
            keysAndValues.add(someKey());
            keysAndValues.add(chance.oneIn(4) ? null : value);
        }
        return batches.ofEntries(keysAndValues);
    }

    /// A batch with this value.
    ByteBuffer one(Batches batches, String value) {
        return batches.ofEntries(Arrays.asList(someKey(), value));
    }

    private String someKey() {
        return "key" + chance.below(KEYS);
    }
}
