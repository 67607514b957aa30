package io.sinew.server;

import io.sinew.base.Metric;
import io.sinew.broker.BrokerMetric;
import io.sinew.kafka.KafkaMetric;
import io.sinew.log.LogMetric;
import io.sinew.pubsub.PushMetric;
import java.util.Locale;

/// `docs/operating/metrics.md`, made from the modules' enums.
final class MetricsPage {
    private MetricsPage() {}

    static String text() {
        return """
        # Metrics

        <!-- Made from the code by `./dev docs`; do not edit. -->

        `GET /metrics` has all readings in Prometheus' text format. They begin at zero when the process starts. To scrape them:

        ```yaml
        scrape_configs:
          - job_name: sinew
            static_configs:
              - targets: ["127.0.0.1:8080"]
        ```

        What to look at first:

        - `sinew_log_writable` is 1. When it is 0, [`/health`](health.md) says why.
        - `sinew_disk_usable_bytes` is not about to run out.
        - `rate(sinew_wal_sync_seconds_total[5m]) / rate(sinew_wal_syncs_total[5m])`: how long the disk takes to make a write
          durable, which is what a producer with `acks=all` waits for.
        - `rate(sinew_kafka_produce_refusals_total[5m])` is 0.

        ## The log

        """
                + table(LogMetric.values())
                + "\n## The broker\n\n"
                + table(BrokerMetric.values())
                + "\n## The Kafka door\n\n"
                + table(KafkaMetric.values())
                + "\n## Pushes to webhooks\n\nFrom the first push on.\n\n"
                + table(PushMetric.values())
                + """

                ## The virtual machine

                By Micrometer, under its own names: `jvm_memory_…`, `jvm_gc_…` (counted from the first look at the page),
                `jvm_threads_…` (virtual threads are not among them), `process_cpu_…`, `system_cpu_…`, `process_files_…`.
                """;
    }

    private static String table(Metric[] metrics) {
        var table = new StringBuilder("| name | kind | labels | meaning |\n|---|---|---|---|\n");
        for (Metric metric : metrics) {
            table.append("| `").append(metric.id());
            table.append("` | ").append(kind(metric));
            table.append(" | ").append(metric.label().map(name -> "`" + name + "`").orElse(""));
            table.append(" | ").append(metric.meaning()).append(" |\n");
        }
        return table.toString();
    }

    private static String kind(Metric metric) {
        return switch (metric.kind()) {
            case COUNTER, GAUGE -> metric.kind().name().toLowerCase(Locale.ROOT);
            case TIME -> "counter, seconds";
        };
    }
}
