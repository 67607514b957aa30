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

    // First, for whoever ends by itself leaves its classes to those that begin later.
    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void what_comes_out_is_what_a_batch_computes(String protocol) {
        Trials.run(1, random -> run(protocol, 0, random));
    }

    @Order(2)
    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void twenty_kills_of_either_side_change_nothing(String protocol) {
        Trials.run(1, random -> run(protocol, KILLS, random));
    }

    private static void run(String protocol, int kills, SplittableRandom random) throws Exception {
        var events = new Events(random, EVENTS, Clock.system().nowMs());
        try (var folder = TempFolder.create();
                var shop = new Shop(folder.path(), protocol, events, random)) {
            shop.open();
            for (int kill = 1; kill <= kills; kill++) {
                shop.workUntil(events.count() * kill / (kills + 1));
                shop.killBoth();
            }
            Harvest harvest = shop.finish();
            assertThat(harvest.values(ShopApplication.COUNTS)).isEqualTo(events.counts());
            assertThat(harvest.sorted(ShopApplication.PAID))
                    .isEqualTo(Harvest.sorted(events.paid()));
            assertThat(harvest.values(ShopApplication.SALES)).isEqualTo(events.sales());
        }
    }
}
