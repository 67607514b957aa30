package io.sinew.contracts;

import static io.sinew.contracts.EngineUnderTest.assertRefused;
import static io.sinew.contracts.EngineUnderTest.freshName;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.topics.Share;
import io.sinew.topics.ShareListener;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/// Partitions are shared among those who ask for them.
public interface ShareContract extends EngineUnderTest {
    /// Keeps what it was told.
    final class Told implements ShareListener {
        private final Set<Integer> has = ConcurrentHashMap.newKeySet();

        @Override
        public void gained(int partition) {
            assertThat(has.add(partition)).as("gained once").isTrue();
        }

        @Override
        public void lost(int partition) {
            assertThat(has.remove(partition)).as("had before").isTrue();
        }
    }

    @Test
    default void a_topic_that_there_is_not_cannot_be_shared() {
        assertRefused(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                () -> engine().share(freshName(), freshName(), "here:1", new Told()));
    }

    @Test
    default void whoever_is_alone_gets_all_partitions_and_gives_them_back() throws Exception {
        String topic = topic(3, Map.of());
        var told = new Told();
        Share share = engine().share(freshName(), topic, "here:1", told);
        try {
            awaitUntil("all partitions", () -> told.has.equals(Set.of(0, 1, 2)));
            awaitUntil("all partitions", () -> share.partitions().equals(Set.of(0, 1, 2)));
            awaitUntil("the holder", () -> share.holder(1).equals(Optional.of("here:1")));
            assertThat(share.holder(3)).isEmpty();
            assertThat(share.holder(-1)).isEmpty();
        } finally {
            share.close();
        }
        assertThat(told.has).isEmpty();
        assertThat(share.partitions()).isEmpty();
    }

    @Test
    default void two_have_all_partitions_between_them_and_none_has_one_of_the_others()
            throws Exception {
        String topic = topic(4, Map.of());
        String group = freshName();
        var toldOne = new Told();
        var toldTwo = new Told();
        try (Share one = engine().share(group, topic, "here:1", toldOne);
                Share two = other().share(group, topic, "there:2", toldTwo)) {
            awaitUntil("a fair share", () -> sizes(one, two) && sizes(toldOne, toldTwo));
            assertThat(one.partitions()).doesNotContainAnyElementsOf(two.partitions());
            assertThat(toldOne.has).isEqualTo(one.partitions());
            assertThat(toldTwo.has).isEqualTo(two.partitions());
            int ofTwo = two.partitions().iterator().next();
            awaitUntil(
                    "the other one's address",
                    () -> one.holder(ofTwo).equals(Optional.of("there:2")));
        }
    }

    private static boolean sizes(Share one, Share two) {
        return one.partitions().size() == 2 && two.partitions().size() == 2;
    }

    private static boolean sizes(Told one, Told two) {
        return one.has.size() == 2 && two.has.size() == 2;
    }

    @Test
    default void what_one_gives_back_the_other_gets() throws Exception {
        String topic = topic(2, Map.of());
        String group = freshName();
        var told = new Told();
        try (Share one = engine().share(group, topic, "here:1", told)) {
            Share two = other().share(group, topic, "there:2", new Told());
            awaitUntil("a part", () -> two.partitions().size() == 1);
            two.close();
            awaitUntil("all partitions", () -> told.has.equals(Set.of(0, 1)));
            awaitUntil("all partitions", () -> one.partitions().equals(Set.of(0, 1)));
        }
    }

    @Test
    default void groups_share_a_topic_apart_from_each_other() throws Exception {
        String topic = topic(2, Map.of());
        try (Share one = engine().share(freshName(), topic, "here:1", new Told());
                Share two = other().share(freshName(), topic, "there:2", new Told())) {
            awaitUntil("all partitions", () -> one.partitions().equals(Set.of(0, 1)));
            awaitUntil("all partitions", () -> two.partitions().equals(Set.of(0, 1)));
        }
    }
}
