package io.sinew.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.TempFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final String WORKLOAD = "raw-produce/128KiB/1p/1024B";

    private final Results results = new Results();

    @Test
    void a_promise_that_is_just_missed_is_not_met() {
        add("kafka", 10, 10, 10);
        add("sinew", 4, 4.001, 5);
        Bar bar = ratio(Bar.Limit.atMost(0.4));
        assertThat(bar.verdict(results)).isEqualTo("NOT MET");
    }

    @Test
    void a_promise_without_its_peer_is_not_measured() {
        add("sinew", 4);
        Bar bar = ratio(Bar.Limit.atMost(0.4));
        assertThat(bar.verdict(results)).isEqualTo("not measured");
        assertThat(bar.value(results)).isEmpty();
    }

    @Test
    void a_ratio_is_that_of_the_medians_and_not_of_the_means() {
        add("kafka", 10, 1000, 9);
        add("sinew", 4, 3, 700);
        Bar bar = ratio(Bar.Limit.atMost(0.4));
        assertThat(bar.value(results)).hasValue(0.4);
        assertThat(bar.verdict(results)).isEqualTo("MET");
        assertThat(ratio(Bar.Limit.atLeast(0.4)).verdict(results)).isEqualTo("MET");
        assertThat(ratio(Bar.Limit.atLeast(0.5)).verdict(results)).isEqualTo("NOT MET");
    }

    @Test
    void an_even_number_of_rounds_has_the_mean_of_the_middle_two_as_its_median() {
        assertThat(Results.median(new double[] {8, 1, 2, 4})).isEqualTo(3);
        assertThat(Results.median(new double[] {7})).isEqualTo(7);
    }

    @Test
    void the_table_shows_medians_ranges_promises_and_what_failed() {
        add("kafka", 10, 12, 11);
        add("sinew", 4, 4, 4);
        results.add(new Results.Failure(WORKLOAD, "sinew-os", 1, "it fell over\nbadly"));
        String table = report().markdown(List.of(ratio(Bar.Limit.atMost(0.4))));
        assertThat(table)
                .contains("| | kafka | sinew |")
                .contains("| broker CPU s/GB | 11.0 (10.0 to 12.0) | 4.00 |")
                .contains("sinew / kafka | 0.36 | <= 0.40 | MET |")
                .contains("sinew-os, round 1: it fell over")
                .doesNotContain("badly");
    }

    @Test
    void what_a_peer_has_not_got_is_told_once_and_not_among_what_failed() {
        results.add(new Results.Absence(WORKLOAD, "kafka", "no such thing"));
        results.add(new Results.Absence(WORKLOAD, "kafka", "no such thing"));
        assertThat(report().markdown(List.of()))
                .containsOnlyOnce("- " + WORKLOAD + ", kafka: no such thing")
                .doesNotContain("Not measured");
    }

    @Test
    void the_json_holds_every_sample() {
        add("kafka", 10, 12);
        assertThat(report().json(List.of(ratio(Bar.Limit.atMost(0.4)))))
                .contains("\"CPU_S_PER_GB\" : 10.0", "\"CPU_S_PER_GB\" : 12.0")
                .contains("\"verdict\" : \"not measured\"");
    }

    @Test
    void only_the_part_between_the_markers_of_a_page_is_replaced() throws Exception {
        try (var folder = TempFolder.create()) {
            Path file = folder.path().resolve("docs/benchmarks.md");
            var page = new DocsPage(file, "log");
            page.write("first");
            Files.writeString(file, "before\n" + Files.readString(file) + "after\n");
            page.write("second");
            assertThat(Files.readString(file))
                    .startsWith("before\n")
                    .endsWith("after\n")
                    .contains("second")
                    .doesNotContain("first");
        }
    }

    private void add(String peer, double... rounds) {
        for (int i = 0; i < rounds.length; i++) {
            results.add(
                    new Results.Sample(
                            WORKLOAD, peer, i + 1, Map.of(Quantity.CPU_S_PER_GB, rounds[i])));
        }
    }

    private static Bar ratio(Bar.Limit limit) {
        return new Bar.Ratio(WORKLOAD, Quantity.CPU_S_PER_GB, "sinew", "kafka", limit);
    }

    private Report report() {
        return new Report(
                "title", Map.of(), List.of(), Map.of(WORKLOAD, "what"), List.of(), results);
    }
}
