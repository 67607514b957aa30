package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Trials;
import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Bad input: documents that are no filters and bytes that are no bodies. Nothing but a refusal
/// comes of the former, nothing but an answer of the latter, and both soon.
class FilterTrialsTest {
    private static final List<String> VALID =
            List.of(
                    "[{\"all\":[{\"exact\":{\"type\":\"a\"}},{\"not\":{\"any\":[{\"prefix\":"
                            + "{\"source\":\"b\"}},{\"suffix\":{\"id\":\"c\"}}]}}]}]",
                    "{\"headers\":{\"a\":[\"x\",1,true,null]},\"key\":[{\"prefix\":\"k\"}]}",
                    "{\"body\":{\"a\":{\"b\":[{\"numeric\":[\">\",0,\"<=\",5.5e3]}]},"
                            + "\"c\":[{\"anything-but\":[\"x\",{\"suffix\":[\"y\",\"z\"]}]}]}}",
                    "{\"$or\":[{\"a\":[{\"exists\":false}]},{\"b\":[{\"cidr\":\"10.0.0.0/8\"},"
                            + "{\"cidr\":\"2001:db8::/32\"}]}],\"c\":[{\"wildcard\":\"a*\\\\\\\\b\"}]}",
                    "{\"a\":[{\"prefix\":{\"equals-ignore-case\":\"x\"}},{\"equals-ignore-case\":"
                            + "\"y\"},{\"suffix\":{\"equals-ignore-case\":\"z\"}}]}");
    private static final List<String> PIECES =
            List.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    ":",
                    ",",
                    "\"",
                    "\\",
                    "*",
                    "null",
                    "true",
                    "0",
                    "-1",
                    "1e9",
                    "1e-999999999",
                    "\"$or\"",
                    "\"not\"",
                    "\"all\"",
                    "\"exact\"",
                    "\"prefix\"",
                    "\"numeric\"",
                    "\"anything-but\"",
                    "\"headers\"",
                    "\"key\"",
                    "\"body\"",
                    "\">\"",
                    "\"::/0\"",
                    "é",
                    "\u0000",
                    "\ud83d\ude00",
                    "\ud83d",
                    " ",
                    "\n");

    private static String piece(SplittableRandom random) {
        return PIECES.get(random.nextInt(PIECES.size()));
    }

    /// Some characters of it left out, doubled, or replaced.
    private static String mutated(String document, SplittableRandom random) {
        var mutated = new StringBuilder(document);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(mutated.length() + 1);
            int end = Math.min(mutated.length(), at + random.nextInt(4));
            switch (random.nextInt(3)) {
                case 0 -> mutated.delete(at, end);
                case 1 -> mutated.insert(at, piece(random));
                default -> mutated.replace(at, end, piece(random));
            }
        }
        return mutated.toString();
    }

    private static StoredRecord record(SplittableRandom random) {
        String body =
                random.nextBoolean()
                        ? mutated("{\"a\":{\"b\":[5,\"x\",{\"c\":null}]},\"c\":\"y\"}", random)
                        : mutated("[{\"a\":1},{\"b\":\"10.0.0.1\"}]", random);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(4) == 0 && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        Header type = Header.of("content-type", "application/cloudevents+json");
        return new StoredRecord(
                0,
                0,
                random.nextBoolean() ? null : bytes,
                bytes,
                random.nextBoolean() ? List.of(type) : List.of(new Header("a", null)));
    }

    /// Whether it is a filter.
    private static boolean isTaken(String document, SplittableRandom random) {
        try {
            Filter filter = Filter.parse(document);
            StoredRecord record = record(random);
            assertThat(filter.matches(record)).isEqualTo(filter.matches(record));
            return true;
        } catch (SinewException e) {
            assertThat(e.code()).as(document).isEqualTo(ErrorCode.INVALID_FILTER);
            assertThat(e).hasMessageMatching("(?s)The filter can't be read.*\\.");
            return false;
        }
    }

    @Test
    @Timeout(60)
    void a_valid_filter_that_was_changed_a_little_is_refused_or_is_another_one() {
        var taken = new int[1];
        Trials.run(
                6_000,
                random -> {
                    String document = VALID.get(random.nextInt(VALID.size()));
                    taken[0] += isTaken(mutated(document, random), random) ? 1 : 0;
                });
        if (System.getProperty("seed") == null) {
            assertThat(taken[0]).isBetween(150, 3_000);
        }
    }

    @Test
    @Timeout(60)
    void random_text_is_refused() {
        Trials.run(
                6_000,
                random -> {
                    var document = new StringBuilder();
                    for (int i = random.nextInt(30); i >= 0; i--) {
                        document.append(piece(random));
                    }
                    isTaken(document.toString(), random);
                });
    }

    @Test
    @Timeout(60)
    void the_longest_wildcards_on_the_longest_text_come_to_an_end() {
        String rest = "a".repeat(FilterLimits.BODY_BYTES - 100);
        StoredRecord record = FilterRecords.ofBody("{\"f\":\"" + rest + "\"}").stored();
        String piece = "*" + "a".repeat(FilterLimits.WILDCARD_CHARS / 4 - 2) + "b";
        String four = piece + piece + piece + piece;
        assertThat(Filter.parse("{\"f\":[{\"wildcard\":\"" + four + "\"}]}").matches(record))
                .isFalse();
        String stars = "*a".repeat(FilterLimits.WILDCARD_CHARS / 2 - 1) + "*b";
        assertThat(Filter.parse("{\"f\":[{\"wildcard\":\"" + stars + "\"}]}").matches(record))
                .isFalse();
    }

    @Test
    @Timeout(60)
    void as_many_fields_in_as_many_combinations_as_there_may_be_are_looked_for_once() {
        var filter = new StringBuilder("{\"$or\":[");
        for (int i = 0; i < FilterLimits.OR_COMBINATIONS; i++) {
            filter.append(i == 0 ? "" : ",").append("{\"o").append(i).append("\":[1]}");
        }
        filter.append("],\"list\":{\"x\":[-1]");
        for (int i = 0; i < FilterLimits.CONDITIONS - FilterLimits.OR_COMBINATIONS - 1; i++) {
            filter.append(",\"f").append(i).append("\":[1]");
        }
        String items = "{\"x\":1}" + ",{\"x\":1}".repeat(40_000);
        StoredRecord record = FilterRecords.ofBody("{\"list\":[" + items + "]}").stored();
        assertThat(Filter.parse(filter + "}}").matches(record)).isFalse();
    }

    @Test
    @Timeout(60)
    void names_that_share_a_hash_are_no_slower_than_others() {
        var body = new StringBuilder("{\"f\":1");
        for (int i = 0; i < 1 << 15; i++) {
            body.append(",\"");
            for (int bit = 0; bit < 15; bit++) {
                body.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            body.append("\":1");
        }
        StoredRecord record =
                FilterRecords.ofBody(body.substring(0, 1_000_000 / 36 * 35) + "\":1}").stored();
        assertThat(Filter.parse("{\"f\":[2]}").matches(record)).isFalse();
    }
}
