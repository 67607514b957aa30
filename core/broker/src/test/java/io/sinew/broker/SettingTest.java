package io.sinew.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingTest {
    private static final Setting NUMBER = Setting.ofInt("number", 5, -1, 10, "A number.");
    private static final Setting LARGE = Setting.ofLong("large", 5, 0, "A large number.");
    private static final Setting RATIO = Setting.ofRatio("ratio", "0.5", "A ratio.");
    private static final Setting SWITCH = Setting.ofBoolean("switch", true, "On or off.");
    private static final Setting WORD = Setting.ofWord("word", "a", Set.of("b", "a"), "A word.");
    private static final Setting LIST = Setting.ofList("list", "a", Set.of("b", "a"), "Words.");

    private static void refuses(Setting setting, String wanted, String... values) {
        for (String value : values) {
            assertThatThrownBy(() -> setting.check(value))
                    .as("%s=%s", setting.name(), value)
                    .isInstanceOfSatisfying(
                            SinewException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                    .hasMessage(
                            "Invalid value "
                                    + value
                                    + " for configuration "
                                    + setting.name()
                                    + ": must be "
                                    + wanted);
        }
    }

    private static void takes(Setting setting, String... values) {
        Arrays.stream(values)
                .forEach(value ->
                        assertThatCode(() -> setting.check(value))
                                .as("%s=%s", setting.name(), value)
                                .doesNotThrowAnyException());
    }

    @Test
    void numbers_outside_their_range_and_what_is_no_number_are_refused() {
        refuses(NUMBER, "a whole number from -1 to 10", "-2", "11", "", "1.5", "1e3", "five");
        refuses(LARGE, "a whole number from 0 to 9223372036854775807", "-1", "9223372036854775808");
        takes(NUMBER, "-1", "0", "10", " 7 ");
        takes(LARGE, "0", "9223372036854775807");
    }

    @Test
    void ratios_outside_their_range_are_refused() {
        refuses(RATIO, "a number from 0 to 1", "-0.1", "1.1", "NaN", "", "half");
        takes(RATIO, "0", "1", "0.25");
    }

    @Test
    void booleans_are_true_or_false() {
        refuses(SWITCH, "true or false", "yes", "1", "");
        takes(SWITCH, "true", "false", "TRUE", " False ");
    }

    @Test
    void words_are_those_that_are_allowed() {
        refuses(WORD, "of a, b", "c", "", "a,b");
        takes(WORD, "a", "b");
    }

    @Test
    void lists_hold_allowed_words_and_at_least_one() {
        refuses(LIST, "of a, b", "a,c", "", ",");
        takes(LIST, "a", "a,b", " b , a ");
    }
}
