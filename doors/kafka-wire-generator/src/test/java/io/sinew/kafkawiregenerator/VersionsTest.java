package io.sinew.kafkawiregenerator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VersionsTest {
    @Test
    void every_notation_of_the_schemas_reads_back_as_it_was_written() {
        for (String text : List.of("none", "0", "3-13", "12+")) {
            assertThat(Versions.parse(text)).hasToString(text);
        }
    }

    @Test
    void ranges_that_share_nothing_meet_in_none() {
        assertThat(new Versions(0, 4).and(new Versions(5, 9))).isEqualTo(Versions.NONE);
        assertThat(new Versions(0, 4).and(Versions.NONE)).isEqualTo(Versions.NONE);
    }

    @Test
    void a_condition_is_as_short_as_the_versions_that_occur_allow() {
        Versions scope = new Versions(4, 18);
        assertThat(in("0-14", scope)).isEqualTo("version <= 14");
        assertThat(in("12+", scope)).isEqualTo("version >= 12");
        assertThat(in("7-12", scope)).isEqualTo("version >= 7 && version <= 12");
        assertThat(in("0+", scope)).isEqualTo("true");
        assertThat(in("19+", scope)).isEqualTo("false");
    }

    @Test
    void outside_is_the_opposite_of_in() {
        Versions scope = new Versions(4, 18);
        assertThat(outside("0-14", scope)).isEqualTo("version > 14");
        assertThat(outside("12+", scope)).isEqualTo("version < 12");
        assertThat(outside("7-12", scope)).isEqualTo("version < 7 || version > 12");
        assertThat(outside("0+", scope)).isEqualTo("false");
        assertThat(outside("19+", scope)).isEqualTo("true");
    }

    private static String in(String range, Versions scope) {
        return Condition.in(Versions.parse(range), scope).java();
    }

    private static String outside(String range, Versions scope) {
        return Condition.outside(Versions.parse(range), scope).java();
    }
}
