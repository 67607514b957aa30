package io.sinew.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LogSuiteTest {
    @Test
    void every_promise_is_about_a_workload_that_is_measured() {
        var names = LogSuite.workloads().stream().map(Workload::name).collect(Collectors.toSet());
        assertThat(names).hasSameSizeAs(LogSuite.workloads());
        assertThat(LogSuite.bars()).allMatch(bar -> names.contains(bar.workload()));
    }
}
