package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                ":9092",
                "9092",
                "a:",
                "a:b",
                "a:70000",
                "::1:9092",
                "a:-1"
            })
    void what_is_no_address_is_refused_with_what_would_be_one(String text) {
        assertThatThrownBy(() -> HostPort.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("127.0.0.1:9092");
    }

    @Test
    void names_and_addresses_of_both_kinds_are_read_and_written() {
        assertThat(HostPort.parse("broker:9092")).isEqualTo(new HostPort("broker", 9092));
        assertThat(HostPort.parse("[::1]:0")).isEqualTo(new HostPort("::1", 0));
        assertThat(HostPort.parse("[::1]:0")).hasToString("[::1]:0");
        assertThat(HostPort.parse("10.0.0.1:80")).hasToString("10.0.0.1:80");
    }
}
