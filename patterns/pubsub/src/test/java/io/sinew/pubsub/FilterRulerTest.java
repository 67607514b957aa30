package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;

/// Patterns beside event-ruler, which is what EventBridge matches with: random patterns on random
/// events, of few names and values, so that about every second pattern matches some event.
///
/// Left out is what is different on purpose, and is in docs/filters.md: addresses as plain values,
/// dots in names, numbers that no double holds, and the same field inside `$or` and beside it. What
/// is to be missing in one of several elements depends on the order of names in event-ruler, so
/// `exists: false` is only tried on events without arrays of objects. In event-ruler 2.1.0 a
/// wildcard lets other operators on the same field take texts that they should not (beside
/// `anything-but` of the wildcard `*a`, the prefix `ab` in any case takes `a*b`), so each
/// combination of alternatives has a machine of its own, and each wildcard a field.
class FilterRulerTest {
    private static final int TRIALS = 500;
    private static final int EVENTS = 20;

    @Test
    void patterns_match_what_event_ruler_matches() {
        var counts = new int[2];
        Trials.run(TRIALS, seeded -> compare(new FilterRulerCase(seeded), counts));
        if (System.getProperty("seed") == null) {
            assertThat(counts[1]).as("matches of %s", counts[0]).isGreaterThan(counts[0] / 20);
            assertThat(counts[1]).as("matches of %s", counts[0]).isLessThan(counts[0] / 2);
        }
    }

    private static void compare(FilterRulerCase random, int[] counts) throws Exception {
        String pattern = random.pattern();
        var machines = new ArrayList<Machine>();
        for (var combination : JsonRuleCompiler.compile(pattern)) {
            Machine machine = Machine.builder().build();
            machine.addPatternRule("rule", combination);
            machines.add(machine);
        }
        Filter filter = Filter.parse("{\"body\":" + pattern + "}");
        Filter loose = Filter.parse(pattern);
        for (int i = 0; i < EVENTS; i++) {
            String event = random.event();
            boolean expected = false;
            for (Machine machine : machines) {
                expected |= !machine.rulesForJSONEvent(event).isEmpty();
            }
            var subject = new FilterSubject(FilterRecords.ofBody(event).stored());
            assertThat(filter.matches(subject)).as("%s on %s", pattern, event).isEqualTo(expected);
            assertThat(loose.matches(subject)).as("%s on %s", pattern, event).isEqualTo(expected);
            counts[0]++;
            counts[1] += expected ? 1 : 0;
        }
    }
}
