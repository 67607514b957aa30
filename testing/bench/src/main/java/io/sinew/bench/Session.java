package io.sinew.bench;

import io.sinew.kit.TempFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One run of a part of the bench: it gives each measurement a settled disk, a full memory and a
/// fresh folder, keeps what was read off, and reports it at the end.
final class Session implements AutoCloseable {
    private final BenchOptions options;
    private final Scale scale;
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final PrintStream progress = System.err;
    private final Map<String, String> facts;
    private final Map<String, String> meanings = new LinkedHashMap<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final Results results = new Results();
    private @Nullable Ballast ballast;

    Session(BenchOptions options, Scale scale) throws IOException {
        this.options = options;
        this.scale = scale;
        this.facts = MachineFacts.read(options.folder());
        if (options.fillMemory() && !Ballast.fits(options.folder())) {
            throw options.usage(
                    "the disk of %s has no room for a file as large as the memory and as much again;"
                                    .formatted(options.folder().toAbsolutePath())
                            + " free some, choose another with --folder, or use --no-fill-memory");
        }
    }

    /// What is done to one peer in a fresh folder.
    interface Measurement {
        /// Measures.
        ///
        /// @throws NotAvailableException when the peer cannot do what the workload is about
        Readings measure(Path folder) throws Exception;
    }

    Scale scale() {
        return scale;
    }

    Results results() {
        return results;
    }

    /// What the reader must know, said once.
    void note(String note) {
        notes.add(note);
    }

    /// Measures what the disk can do, in all rounds.
    void measureDisk(List<DiskRates> disks) throws Exception {
        for (int round = 1; round <= options.rounds(); round++) {
            for (DiskRates disk : disks) {
                meanings.put(disk.name(), disk.meaning());
                if (options.chosen(disk.name())) {
                    measure(
                            disk.name(),
                            DiskRates.PEER,
                            round,
                            folder -> disk.measure(folder, scale.measured().dividedBy(2)));
                }
            }
        }
    }

    /// From now on each measurement finds the memory full of page cache, if that is wanted.
    void fillMemory() throws IOException {
        if (options.fillMemory()) {
            progress.println("filling the memory with page cache ...");
            ballast = Ballast.in(options.folder());
            note("memory was full of page cache before each measurement (--fill-memory)");
        }
    }

    /// What the table of a workload begins with.
    void meaning(String workload, String meaning) {
        meanings.put(workload, meaning);
    }

    /// Measures once and keeps what came out, be it figures, a refusal or a failure.
    void measure(String workload, String peer, int round, Measurement measurement)
            throws Exception {
        progress.printf("%s, round %d, %s ... ", workload, round, peer);
        try (var fresh = TempFolder.in(options.folder())) {
            PageCache.settle();
            if (ballast != null) {
                ballast.fill();
            }
            keep(workload, peer, round, measurement.measure(fresh.path()));
        } catch (NotAvailableException e) {
            progress.println("not available: " + e.getMessage());
            results.add(new Results.Absence(workload, peer, String.valueOf(e.getMessage())));
        } catch (Exception | AssertionError e) {
            fail(workload, peer, round, String.valueOf(e.getMessage()));
        }
    }

    /// Keeps that something could not be measured.
    void fail(String workload, String peer, int round, String reason) {
        progress.println("failed: " + reason);
        results.add(new Results.Failure(workload, peer, round, reason));
    }

    private void keep(String workload, String peer, int round, Readings readings) {
        results.add(new Results.Sample(workload, peer, round, readings.values()));
        var words = new ArrayList<String>();
        readings.values().forEach((q, v) -> words.add(q.title().strip() + " " + Report.number(v)));
        progress.println(String.join(", ", words));
    }

    /// Prints the report, and writes it into its part of the page where that is wanted.
    ///
    /// @param part of docs/benchmarks.md: `log`
    /// @return 0, or 1 when something could not be measured
    int finish(String part, List<? extends Subject> subjects, List<Bar> bars) throws IOException {
        var report = new Report(title(), facts, subjects, meanings, List.copyOf(notes), results);
        switch (options.output()) {
            case TABLE -> out.print(report.markdown(bars));
            case JSON -> out.println(report.json(bars));
        }
        if (options.writeDocs()) {
            new DocsPage(Path.of("docs/benchmarks.md"), part).write(report.markdown(bars));
        }
        return results.failures().isEmpty() ? 0 : 1;
    }

    private String title() {
        return "`./dev bench %s`, %d %s%s"
                .formatted(
                        options.typed(),
                        options.rounds(),
                        options.rounds() == 1 ? "round" : "rounds",
                        options.quick() ? ", quick: shows direction, not for quoting" : "");
    }

    @Override
    public void close() throws IOException {
        if (ballast != null) {
            ballast.close();
        }
    }
}
