package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// docs/filters.md, held against what filters do.
class FilterPageTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "filters.md");
    private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```filter\\n(.*?)^```$");
    private static final List<String> WORDS =
            List.of(
                    "exact",
                    "prefix",
                    "suffix",
                    "all",
                    "any",
                    "not",
                    "sql",
                    "equals-ignore-case",
                    "wildcard",
                    "cidr",
                    "exists",
                    "numeric",
                    "anything-but",
                    "$or");

    @Test
    void every_example_is_as_the_page_says() throws Exception {
        List<FilterExample> examples =
                EXAMPLE.matcher(Files.readString(PAGE))
                        .results()
                        .map(found -> FilterExample.parse(found.group(1)))
                        .toList();
        examples.forEach(FilterExample::check);
        assertThat(examples).hasSizeGreaterThan(20);
        for (String word : WORDS) {
            assertThat(examples).anyMatch(each -> each.document().contains("\"" + word + "\""));
        }
    }

    @Test
    void every_limit_is_there_with_its_number() throws Exception {
        String page = Files.readString(PAGE);
        Map.of(
                        "bytes of a filter", "256 KiB",
                        "objects and arrays in each other in a filter", "32",
                        "values and operators", "2,048",
                        "ways in which the alternatives of all `$or`s go together", "64",
                        "characters of all wildcards together", "1,024",
                        "characters of a number", "1,000",
                        "bytes of a body", "1 MiB",
                        "objects and arrays in each other in a body", "64",
                        "tokens of a body", "200,000")
                .forEach((what, number) ->
                        assertThat(page).contains("| " + what + " | " + number + " |"));
        assertThat(
                        List.of(
                                FilterLimits.DOCUMENT_BYTES,
                                FilterLimits.DEPTH,
                                FilterLimits.CONDITIONS,
                                FilterLimits.OR_COMBINATIONS,
                                FilterLimits.WILDCARD_CHARS,
                                FilterLimits.NUMBER_CHARS,
                                FilterLimits.BODY_BYTES,
                                FilterLimits.BODY_DEPTH,
                                FilterLimits.BODY_TOKENS))
                .containsExactly(256 << 10, 32, 2_048, 64, 1_024, 1_000, 1 << 20, 64, 200_000);
    }
}
