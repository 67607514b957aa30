package io.sinew.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.kit.TempFolder;
import io.sinew.kit.Trials;
import java.util.SplittableRandom;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Kafka Streams with `exactly_once_v2`: what comes out, and is committed, is exactly what a
/// computation without it says, whoever is killed meanwhile.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KafkaStreamsTest {
    private static final int EVENTS = 2_000;
    private static final int KILLS = 20;

    /// What happens to a shop that is open, until some of its events are out.
    private interface Course {
        void run(Shop shop, SplittableRandom random) throws Exception;
    }

    // First, for whoever ends by itself leaves its classes to those that begin later.
    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void what_comes_out_is_what_a_batch_computes(String protocol) {
        check(protocol, EVENTS / 4, (_, _) -> {});
    }

    @Order(2)
    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void members_that_come_freeze_and_go_change_nothing(String protocol) {
        check(protocol, EVENTS, KafkaStreamsTest::changeMembers);
    }

    @Order(3)
    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void twenty_kills_of_either_side_change_nothing(String protocol) {
        check(protocol, EVENTS, KafkaStreamsTest::kill);
    }

    private static void changeMembers(Shop shop, SplittableRandom random) throws Exception {
        shop.workUntil(EVENTS / 5);
        shop.join();
        shop.workUntil(2 * EVENTS / 5 + random.nextInt(EVENTS / 10));
        // Its tasks go to the other one, with what it has in a transaction; it does not know.
        shop.first().process().pause();
        shop.workUntil(3 * EVENTS / 5);
        shop.first().process().resume();
        shop.workUntil(4 * EVENTS / 5);
        shop.leave();
    }

    private static void kill(Shop shop, SplittableRandom random) throws Exception {
        for (int kill = 1; kill <= KILLS; kill++) {
            shop.workUntil(EVENTS * kill / (KILLS + 1) + random.nextInt(EVENTS / KILLS / 4));
            shop.killBoth();
        }
    }

    private static void check(String protocol, int count, Course course) {
        Trials.run(
                1,
                random -> {
                    var events = new Events(random, count, Clock.system().nowMs());
                    try (var folder = TempFolder.create();
                            var shop = new Shop(folder.path(), protocol, events, random)) {
                        shop.open();
                        course.run(shop, random);
                        compare(shop.finish(), events);
                    }
                });
    }

    private static void compare(Harvest harvest, Events events) {
        assertThat(harvest.values(ShopApplication.COUNTS)).isEqualTo(events.counts());
        assertThat(harvest.sorted(ShopApplication.PAID)).isEqualTo(Harvest.sorted(events.paid()));
        assertThat(harvest.values(ShopApplication.SALES)).isEqualTo(events.sales());
    }
}
