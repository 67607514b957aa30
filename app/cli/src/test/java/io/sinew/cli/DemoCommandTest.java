package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemoCommandTest {
    @Test
    void every_claim_of_the_demo_holds() {
        Outcome demo = Outcome.of("", "demo");

        assertThat(demo.err()).isEmpty();
        assertThat(demo.exitCode()).isZero();
        assertThat(demo.out())
                .contains("5. The backbone is killed")
                .contains("✓ email got the orders it had missed, and only those")
                .containsPattern("✓ all [0-9]+ acknowledged orders are there, each once")
                .contains("Every claim was verified.");
    }
}
