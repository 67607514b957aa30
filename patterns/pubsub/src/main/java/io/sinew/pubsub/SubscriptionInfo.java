package io.sinew.pubsub;

import java.util.List;
import java.util.Optional;

/// A subscription as it was created.
///
/// @param id of its ledger: another than that of one with the same name before
/// @param starts where it began in each partition that there was
/// @param settings with a push, `failures.max` is as many attempts as its schedule has
/// @param push where its messages are sent, unless consumers fetch them
public record SubscriptionInfo(
        String topic,
        String name,
        String id,
        Filter filter,
        List<Long> starts,
        SubscriptionSettings settings,
        Optional<PushSettings> push) {
    /// What comes behind a topic's name in that of the topic that its subscriptions are kept in.
    static final String LEDGERS = ".subscriptions";

    public SubscriptionInfo {
        starts = List.copyOf(starts);
    }

    /// The topic that the ledgers of all subscriptions of its topic are kept in.
    public String ledgerTopic() {
        return topic + LEDGERS;
    }
}
