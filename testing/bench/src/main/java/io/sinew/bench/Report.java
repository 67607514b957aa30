package io.sinew.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// Says what a run found, as Markdown for people and as JSON for programs.
///
/// @param title one line: what was run
/// @param facts about the machine
/// @param peers name, durability and command of each
/// @param meanings of the workloads by name
/// @param notes that the reader must know
record Report(
        String title,
        Map<String, String> facts,
        List<? extends Subject> peers,
        Map<String, String> meanings,
        List<String> notes,
        Results results) {

    /// Markdown: facts, bars, then one table for each workload.
    String markdown(List<Bar> bars) {
        var out = new StringBuilder();
        out.append(title).append("\n\n");
        facts.forEach((name, value) -> line(out, "- " + name + ": " + value));
        for (Subject peer : peers) {
            line(out, "- `%s`: %s; %s".formatted(peer.name(), peer.durability(), peer.command()));
        }
        notes.forEach(note -> line(out, "- " + note));
        line(out, "- cells: median (lowest to highest) of the rounds; MB = 10^6, GB = 10^9 bytes");
        bars(out, bars);
        results.workloads().forEach(workload -> workload(out, workload));
        absences(out);
        failures(out);
        return out.toString();
    }

    /// All samples, not only the medians.
    String json(List<Bar> bars) {
        var root = new TreeMap<String, Object>();
        root.put("title", title);
        root.put("facts", facts);
        root.put("peers", peers.stream().map(Report::peer).toList());
        root.put("workloads", meanings);
        root.put("notes", notes);
        root.put("samples", results.samples());
        root.put("failures", results.failures());
        root.put("absences", results.absences());
        root.put("bars", bars.stream().map(this::bar).toList());
        return JsonMapper.builder()
                .build()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(root);
    }

    /// A figure to three digits.
    static String number(double value) {
        double size = Math.abs(value);
        String pattern = size >= 100 || value == 0 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, pattern, value);
    }

    private void bars(StringBuilder out, List<Bar> bars) {
        List<Bar> measured =
                bars.stream().filter(bar -> meanings.containsKey(bar.workload())).toList();
        if (measured.isEmpty()) {
            return;
        }
        line(out, "\n### Promises\n");
        line(out, "| workload | figure | of | measured | promised | |");
        line(out, "|---|---|---|---:|---:|---|");
        for (Bar bar : measured) {
            OptionalDouble value = bar.value(results);
            line(
                    out,
                    "| %s | %s | %s | %s | %s | %s |"
                            .formatted(
                                    bar.workload(),
                                    bar.quantity().title().strip(),
                                    bar.subject(),
                                    value.isPresent() ? number(value.getAsDouble()) : "",
                                    bar.limit(),
                                    bar.verdict(results)));
        }
    }

    private void workload(StringBuilder out, String workload) {
        List<String> columns = results.peers(workload);
        line(out, "\n### " + workload + "\n");
        line(out, meanings.getOrDefault(workload, "") + "\n");
        line(out, "| | " + String.join(" | ", columns) + " |");
        line(out, "|---|" + "---:|".repeat(columns.size()));
        for (Quantity quantity : Quantity.values()) {
            List<String> cells =
                    columns.stream().map(peer -> cell(workload, peer, quantity)).toList();
            if (cells.stream().anyMatch(cell -> !cell.isEmpty())) {
                line(out, "| " + quantity.title() + " | " + String.join(" | ", cells) + " |");
            }
        }
    }

    private String cell(String workload, String peer, Quantity quantity) {
        return results.spread(workload, peer, quantity).map(Report::spread).orElse("");
    }

    private static String spread(Results.Spread spread) {
        String median = number(spread.median());
        return spread.lowest() == spread.highest()
                ? median
                : "%s (%s to %s)"
                        .formatted(median, number(spread.lowest()), number(spread.highest()));
    }

    private void absences(StringBuilder out) {
        if (results.absences().isEmpty()) {
            return;
        }
        line(out, "\n### Not available\n");
        for (Results.Absence absence : results.absences()) {
            line(
                    out,
                    "- %s, %s: %s".formatted(absence.workload(), absence.peer(), absence.reason()));
        }
    }

    private void failures(StringBuilder out) {
        if (results.failures().isEmpty()) {
            return;
        }
        line(out, "\n### Not measured\n");
        for (Results.Failure failure : results.failures()) {
            line(
                    out,
                    "- %s, %s, round %d: %s"
                            .formatted(
                                    failure.workload(),
                                    failure.peer(),
                                    failure.round(),
                                    failure.reason().lines().findFirst().orElse("")));
        }
    }

    private Map<String, Object> bar(Bar bar) {
        var fields = new TreeMap<String, Object>();
        fields.put("workload", bar.workload());
        fields.put("quantity", bar.quantity());
        fields.put("of", bar.subject());
        fields.put("promised", bar.limit().toString());
        fields.put("verdict", bar.verdict(results));
        bar.value(results).ifPresent(value -> fields.put("measured", value));
        return fields;
    }

    private static Map<String, String> peer(Subject peer) {
        return Map.of(
                "name", peer.name(), "durability", peer.durability(), "command", peer.command());
    }

    private static void line(StringBuilder out, String text) {
        out.append(text).append('\n');
    }
}
