package io.sinew.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sinew.base.Metric;
import io.sinew.base.Metrics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The readings of the process in Prometheus' text format: ours, and those of the virtual machine
/// that an operator looks at first (memory, collections, threads, processor, open files).
/// Collections are counted from when this is made. Not thread-safe.
final class PrometheusText implements AutoCloseable {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double SECONDS_A_NANO = 1.0 / TimeUnit.SECONDS.toNanos(1);

    private final Metrics metrics;
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /// What is bound. It also keeps the readings alive, which the registry holds weakly.
    private final Map<Metrics.Series, LongSupplier> bound = new HashMap<>();

    PrometheusText(Metrics metrics) {
        this.metrics = metrics;
        new JvmMemoryMetrics().bindTo(registry);
        collections.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    String read() {
        for (Metrics.Sample sample : metrics.samples()) {
            if (bound.putIfAbsent(sample.series(), sample.value()) == null) {
                bind(sample.series().metric(), sample.series().label(), sample.value());
            }
        }
        return registry.scrape();
    }

    private void bind(Metric metric, String label, LongSupplier value) {
        Tags tags = metric.label().map(name -> Tags.of(name, label)).orElse(Tags.empty());
        switch (metric.kind()) {
            case COUNTER ->
                    FunctionCounter.builder(metric.id(), value, LongSupplier::getAsLong)
                            .description(metric.meaning())
                            .tags(tags)
                            .register(registry);
            case TIME ->
                    FunctionCounter.builder(
                                    metric.id(), value, nanos -> nanos.getAsLong() * SECONDS_A_NANO)
                            .description(metric.meaning())
                            .tags(tags)
                            .register(registry);
            case GAUGE ->
                    Gauge.builder(metric.id(), value::getAsLong)
                            .description(metric.meaning())
                            .tags(tags)
                            .register(registry);
        }
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
