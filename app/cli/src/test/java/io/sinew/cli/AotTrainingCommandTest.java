package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AotTrainingCommandTest {
    @Test
    void all_that_it_trains_works_and_it_says_nothing() {
        assertThat(Outcome.of("", "aot-training")).isEqualTo(new Outcome(0, "", ""));
    }
}
