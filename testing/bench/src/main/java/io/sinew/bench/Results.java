package io.sinew.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// Everything that a whole run of the bench has read off.
final class Results {
    private final List<Sample> samples = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Set<Absence> absences = new LinkedHashSet<>();

    /// One measurement: `peer` under `workload` in `round`, which count from 1.
    record Sample(String workload, String peer, int round, Map<Quantity, Double> values) {
        Sample {
            values = Map.copyOf(values);
        }
    }

    /// A measurement that could not be made.
    record Failure(String workload, String peer, int round, String reason) {}

    /// What a peer has not got, which is a result as good as a figure.
    record Absence(String workload, String peer, String reason) {}

    /// What the rounds gave.
    record Spread(double median, double lowest, double highest) {}

    void add(Sample sample) {
        samples.add(sample);
    }

    void add(Failure failure) {
        failures.add(failure);
    }

    void add(Absence absence) {
        absences.add(absence);
    }

    List<Sample> samples() {
        return List.copyOf(samples);
    }

    List<Failure> failures() {
        return List.copyOf(failures);
    }

    /// Each once, however many rounds there were.
    List<Absence> absences() {
        return List.copyOf(absences);
    }

    /// The workloads that gave a figure, in the order in which they ran.
    List<String> workloads() {
        return samples.stream().map(Sample::workload).distinct().toList();
    }

    /// The peers that gave a figure under a workload, in the order in which they ran.
    List<String> peers(String workload) {
        return samples.stream()
                .filter(sample -> sample.workload().equals(workload))
                .map(Sample::peer)
                .distinct()
                .toList();
    }

    Optional<Spread> spread(String workload, String peer, Quantity quantity) {
        double[] values =
                samples.stream()
                        .filter(sample -> sample.workload().equals(workload))
                        .filter(sample -> sample.peer().equals(peer))
                        .filter(sample -> sample.values().containsKey(quantity))
                        .mapToDouble(sample -> sample.values().get(quantity))
                        .sorted()
                        .toArray();
        if (values.length == 0) {
            return Optional.empty();
        }
        return Optional.of(new Spread(median(values), values[0], values[values.length - 1]));
    }

    OptionalDouble median(String workload, String peer, Quantity quantity) {
        return spread(workload, peer, quantity)
                .map(spread -> OptionalDouble.of(spread.median()))
                .orElse(OptionalDouble.empty());
    }

    /// The middle value, or the mean of the two in the middle.
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
