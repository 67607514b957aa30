package io.sinew.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What `bench log` measures, and what the project promises of it.
final class LogSuite {
    private static final int RAW_BATCHES_PER_REQUEST = 10;
    private static final List<Integer> PARTITIONS = List.of(1, 100);

    private LogSuite() {}

    static List<DiskRates> disk() {
        return List.of(new DiskRates(16), new DiskRates(128), new DiskRates(1024));
    }

    static List<Workload> workloads() {
        var all = new ArrayList<Workload>();
        all.add(new StartWorkload());
        all.add(new IdleWorkload());
        for (int partitions : PARTITIONS) {
            int group = partitions == 1 ? 1 : RAW_BATCHES_PER_REQUEST;
            all.add(new RawProduceWorkload(16, partitions, group, 100));
            all.add(new RawProduceWorkload(128, partitions, group, 100));
            all.add(new RawProduceWorkload(128, partitions, group, 1024));
        }
        for (int partitions : PARTITIONS) {
            for (int batchSizeKib : List.of(16, 128)) {
                all.add(toolProduce(2_000_000, 100, partitions, batchSizeKib));
                all.add(toolProduce(500_000, 1024, partitions, batchSizeKib));
            }
            all.add(
                    new ToolProduceWorkload(
                            500_000, 1024, partitions, 16, Optional.of(Duration.ofMillis(100))));
        }
        all.add(new LatencyWorkload(16, 1, 100));
        all.add(new LatencyWorkload(16, 100, 100));
        all.add(new EndToEndWorkload(100));
        all.add(new ToolLatencyWorkload(5_000));
        all.add(new TailFetchWorkload(200, 8));
        all.add(new ColdFetchWorkload(2_000, 2));
        all.add(new ToolConsumeWorkload(1_000_000, 1024, 1));
        all.add(new ToolConsumeWorkload(4_000_000, 100, 1));
        all.add(new ManyTopicsWorkload(1_000, 10));
        all.add(new RecoverWorkload(10, 10));
        all.add(new IdleConnectionsWorkload(2_000));
        return all;
    }

    private static Workload toolProduce(
            int records, int recordSizeBytes, int partitions, int batchSizeKib) {
        return new ToolProduceWorkload(
                records, recordSizeBytes, partitions, batchSizeKib, Optional.empty());
    }

    static List<Bar> bars() {
        var all = new ArrayList<Bar>();
        all.add(figure("start", Quantity.START_FRESH_S, Bar.Limit.atMost(0.7)));
        all.add(figure("start", Quantity.START_EXISTING_S, Bar.Limit.atMost(0.7)));
        all.add(figure("idle", Quantity.RESIDENT_IDLE_MB, Bar.Limit.atMost(150)));
        for (int partitions : PARTITIONS) {
            for (int recordSizeBytes : List.of(100, 1024)) {
                all.add(
                        new Bar.Ratio(
                                "raw-produce/128KiB/" + partitions + "p/" + recordSizeBytes + "B",
                                Quantity.CPU_S_PER_GB,
                                "sinew-os",
                                "kafka",
                                Bar.Limit.atMost(0.4)));
            }
            for (int batchSizeKib : List.of(16, 128)) {
                String suffix = "B/" + partitions + "p/" + batchSizeKib + "KiB";
                all.add(durable("tool-produce/100" + suffix, "kafka", 1.3));
                all.add(durable("tool-produce/1024" + suffix, "kafka", 1.0));
            }
            all.add(
                    durable(
                            "transactional-produce/1024B/" + partitions + "p/16KiB",
                            "kafka-flush",
                            2));
            double overFlush = partitions == 1 ? 2 : 4;
            all.add(
                    durable(
                            "tool-produce/100B/" + partitions + "p/16KiB",
                            "kafka-flush",
                            overFlush));
            all.add(
                    durable(
                            "raw-produce/16KiB/" + partitions + "p/100B",
                            "kafka-flush",
                            overFlush));
        }
        for (String workload : List.of("fetch-tail/8r", "fetch-cold/2p")) {
            all.add(
                    new Bar.Ratio(
                            workload,
                            Quantity.CPU_S_PER_GB,
                            "sinew",
                            "kafka",
                            Bar.Limit.atMost(0.7)));
        }
        all.add(figure("many-topics", Quantity.START_EXISTING_S, Bar.Limit.atMost(3)));
        all.add(figure("recover/10GB/10p", Quantity.START_KILLED_S, Bar.Limit.atMost(2)));
        all.add(figure("idle-connections", Quantity.CONNECTIONS_HELD, Bar.Limit.atLeast(2_000)));
        return all;
    }

    private static Bar figure(String workload, Quantity quantity, Bar.Limit limit) {
        return new Bar.Figure(workload, quantity, "sinew", limit);
    }

    private static Bar durable(String workload, String base, double atLeast) {
        return new Bar.Ratio(
                workload, Quantity.MB_PER_S, "sinew", base, Bar.Limit.atLeast(atLeast));
    }
}
