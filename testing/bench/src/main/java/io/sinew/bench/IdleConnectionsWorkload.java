package io.sinew.bench;

import java.util.ArrayList;
import java.util.List;

/// Connections that are open and silent.
record IdleConnectionsWorkload(int connections) implements Workload {
    @Override
    public String name() {
        return "idle-connections";
    }

    @Override
    public String meaning() {
        return ("%d connections that have said hello and stay; memory before and "
                        + "after, and a record is acknowledged meanwhile")
                .formatted(connections);
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.startWithTopics(List.of(RawProduceWorkload.TOPIC), 1);
        long beforeBytes = run.facts().residentBytes();
        var held = new ArrayList<RawClient>();
        try (RawClient client = run.client()) {
            for (int i = 0; i < connections; i++) {
                RawClient connection = RawClient.connect(run.broker().address());
                held.add(connection);
                connection.apiVersions();
            }
            client.produceWhenReady(
                    new KafkaRequests.Partitions(RawProduceWorkload.TOPIC, 0, 1),
                    RawClient.oneRecord());
            ProcessFacts after = run.facts();
            int answering = 0;
            for (RawClient connection : held) {
                connection.apiVersions();
                answering++;
            }
            return new Readings()
                    .put(Quantity.CONNECTIONS_HELD, answering)
                    .megabytes(Quantity.RESIDENT_BEFORE_MB, beforeBytes)
                    .megabytes(Quantity.RESIDENT_AFTER_MB, after.residentBytes())
                    .put(Quantity.THREADS, after.threads());
        } finally {
            for (RawClient connection : held) {
                connection.close();
            }
        }
    }
}
