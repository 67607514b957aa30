package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceTest {
    private static final Instant NOW = Instant.parse("2026-11-23T17:00:00Z");
    private static final Clock CLOCK =
            new Clock() {
                @Override
                public long nowMs() {
                    return NOW.toEpochMilli();
                }

                @Override
                public long nanos() {
                    return 0;
                }
            };

    private static Place parse(String text) {
        return Place.parse(text, CLOCK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "latest", "-1", "10 m", "yesterday", "2026-13-01", "17:00", "1e3"})
    void what_is_no_place_is_refused_with_what_would_be_one(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("beginning")
                .hasMessageContaining("10m");
    }

    @Test
    void places_are_named_counted_or_timed() {
        assertThat(parse("beginning")).isEqualTo(new Place.Beginning());
        assertThat(parse("end")).isEqualTo(new Place.End());
        assertThat(parse("0")).isEqualTo(new Place.AtOffset(0));
        assertThat(parse("10m")).isEqualTo(new Place.AtTime(NOW.minusSeconds(600)));
        assertThat(parse("2d")).isEqualTo(new Place.AtTime(NOW.minusSeconds(2 * 86_400)));
        assertThat(parse("2026-11-01T10:00:00Z"))
                .isEqualTo(new Place.AtTime(Instant.parse("2026-11-01T10:00:00Z")));
        assertThat(parse("2026-11-01T10:00:00+01:00"))
                .isEqualTo(new Place.AtTime(Instant.parse("2026-11-01T09:00:00Z")));
        assertThat(parse("2026-11-01")).isInstanceOf(Place.AtTime.class);
        assertThat(parse("2026-11-01T10:00")).isInstanceOf(Place.AtTime.class);
    }
}
