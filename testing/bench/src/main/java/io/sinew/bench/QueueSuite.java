package io.sinew.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What `bench queue` measures and what the project promises of it, under the names of the profiles
/// that queues are compared by.
final class QueueSuite {
    /// How long a cell is measured for figures that are to be quoted.
    static final Duration MEASURED = Duration.ofSeconds(30);

    /// What is counted is so much less with `--quick`, beyond what it is less elsewhere.
    static final int QUICK_DIVISOR = 10;

    private static final int MILLION = 1_000_000;
    private static final int GROUPS = 1_000;
    private static final int PACED_PER_S = 500;

    private static final String PENDING = "W9-5M-pending";
    private static final String DELAYED = "W10-1M-delayed";
    private static final String GROUPED = "W11-100k-groups";

    /// The flow that goes through queues in which much lies.
    private static final QueueLoad.Shape DEEP = QueueLoad.Shape.of(1, 1, 300);

    private QueueSuite() {}

    static List<DiskRates> disk() {
        return List.of(new DiskRates(4));
    }

    static List<QueueWorkload> workloads() {
        return List.of(
                new FlowWorkload(
                        "W1-in-flight-1",
                        "one publisher that sends when the last was confirmed, one receiver",
                        QueueLoad.Shape.of(1, 1, 1)),
                new FlowWorkload(
                        "W2-in-flight-300",
                        "one publisher with 300 unconfirmed messages, one receiver",
                        QueueLoad.Shape.of(1, 1, 300)),
                new FlowWorkload(
                        "paced/" + PACED_PER_S + "ps",
                        "one publisher at a fixed rate, one receiver; latencies from when each was"
                                + " due",
                        QueueLoad.Shape.of(1, 1, 300).paced(PACED_PER_S)),
                new FlowWorkload(
                        "W3-8p-8c",
                        "8 publishers with 40 unconfirmed messages each, 8 receivers",
                        QueueLoad.Shape.of(8, 8, 40)),
                new BacklogWorkload(MILLION),
                new FlowWorkload(
                        "W5-nack",
                        "as W2, and every tenth message is given back once for 1 s; late: from the"
                                + " end of that second to the next delivery",
                        QueueLoad.Shape.of(1, 1, 300).nackEvery(10)),
                new DelayedWorkload(MILLION, Duration.ofMinutes(10)),
                new FlowWorkload(
                        "W7-groups",
                        "%,d ordered groups, 8 publishers with 40 unconfirmed messages each, 8"
                                        .formatted(GROUPS)
                                + " receivers; the order in each group is checked",
                        QueueLoad.Shape.of(8, 8, 40).groups(GROUPS)),
                new OneSlowWorkload(QueueLoad.Shape.of(1, 1, 300)),
                new DeepWorkload(PENDING, DeepWorkload.Lying.PENDING, 5 * MILLION, DEEP),
                new DeepWorkload(DELAYED, DeepWorkload.Lying.DELAYED, MILLION, DEEP),
                new DeepWorkload(GROUPED, DeepWorkload.Lying.GROUPS, 100_000, DEEP));
    }

    /// What the project promises of its queues.
    static List<Bar> bars() {
        var all = new ArrayList<Bar>();
        for (String workload : List.of("W2-in-flight-300", "W3-8p-8c")) {
            all.add(againstRabbit(workload, Quantity.MESSAGES_PER_S, Bar.Limit.atLeast(5)));
            all.add(againstRabbit(workload, Quantity.CPU_US_PER_MESSAGE, Bar.Limit.atMost(0.2)));
            all.add(againstRabbit(workload, Quantity.PUBLISH_P99_MS, Bar.Limit.atMost(1)));
            all.add(
                    new Bar.Ratio(
                            workload,
                            Quantity.MESSAGES_PER_S,
                            "sinew-kafka",
                            "rabbit-quorum",
                            Bar.Limit.atLeast(1)));
        }
        for (String workload : List.of(PENDING, DELAYED, GROUPED)) {
            all.add(of(workload, Quantity.SHARE_OF_EMPTY, Bar.Limit.atLeast(0.8)));
        }
        all.add(of(PENDING, Quantity.HEAP_B_PER_PENDING, Bar.Limit.atMost(40)));
        return all;
    }

    private static Bar of(String workload, Quantity quantity, Bar.Limit limit) {
        return new Bar.Figure(workload, quantity, "sinew", limit);
    }

    private static Bar againstRabbit(String workload, Quantity quantity, Bar.Limit limit) {
        return new Bar.Ratio(workload, quantity, "sinew", "rabbit-quorum", limit);
    }
}
