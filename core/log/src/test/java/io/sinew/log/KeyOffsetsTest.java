package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyOffsetsTest {
    private static KeyHash hash(String key) {
        var hash = new KeyHash(42);
        hash.begin();
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        hash.add(bytes, 0, bytes.length);
        hash.end();
        return hash;
    }

    @Test
    void a_full_map_takes_no_other_key_and_still_those_that_it_knows() {
        var offsets = new KeyOffsets(1_000_000, 100L * KeyOffsets.SLOT_BYTES);
        int taken = 0;
        while (offsets.put(hash("key" + taken), taken)) {
            taken++;
        }
        assertThat(taken).isEqualTo(75);
        assertThat(offsets.size()).isEqualTo(75);
        assertThat(offsets.put(hash("key3"), 900)).isTrue();
        assertThat(offsets.get(hash("key3"))).isEqualTo(900);
        assertThat(offsets.get(hash("key75"))).isEqualTo(-1);
        assertThat(offsets.get(hash("key74"))).isEqualTo(74);
    }

    @Test
    void it_is_no_larger_than_the_keys_can_need() {
        var offsets = new KeyOffsets(3, 1L << 40);
        for (int i = 0; i < 3; i++) {
            assertThat(offsets.put(hash("key" + i), i)).isTrue();
        }
    }

    @Test
    void it_knows_the_last_offset_of_every_key() {
        var offsets = new KeyOffsets(20_000, 1 << 20);
        Map<String, Long> expected = new HashMap<>();
        for (long offset = 0; offset < 20_000; offset++) {
            String key = "key" + offset * 7919 % 5_000;
            expected.put(key, offset);
            assertThat(offsets.put(hash(key), offset)).isTrue();
        }
        expected.forEach((key, offset) -> assertThat(offsets.get(hash(key))).isEqualTo(offset));
    }

    @Test
    void the_salt_changes_where_keys_stand() {
        var other = new KeyHash(43);
        other.begin();
        other.end();
        assertThat(other.high()).isNotEqualTo(hash("").high());
    }
}
