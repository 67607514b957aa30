package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.pubsub.SubscriptionInfo;
import io.sinew.pubsub.Subscriptions;
import io.sinew.queue.QueueInfo;
import io.sinew.queue.Queues;
import java.util.List;
import java.util.Optional;

/// Which topics are somebody's own, and what may be done with those at this door. Kafka clients are
/// not kept from them: who administers a Kafka knows what is there.
///
/// All throw `POLICY_VIOLATION`, with whom the topic belongs to and what to do instead.
final class TopicGuard {
    /// How the names of topics begin that Sinew keeps for itself.
    static final String OWN = "sinew-";

    private final Queues queues;
    private final Subscriptions subscriptions;

    TopicGuard(HttpContents contents) {
        this.queues = contents.queues();
        this.subscriptions = contents.subscriptions();
    }

    private static SinewException refused(String topic, String why) {
        return new SinewException(ErrorCode.POLICY_VIOLATION, "The topic '" + topic + "' " + why);
    }

    /// Of Sinew's own topics one has the key of receipts in it, so none is shown.
    void requireReadable(String topic) {
        if (topic.startsWith(OWN)) {
            throw refused(topic, "is Sinew's own: choose a name that does not begin with " + OWN);
        }
    }

    /// What is written to a queue's topic is a message of that queue.
    void requireWritable(String topic) throws InterruptedException {
        requireReadable(topic);
        Optional<QueueInfo> queue = queues.findByLedger(topic);
        if (queue.isPresent()) {
            throw refused(topic, "is the ledger of the queue '" + queue.get().name() + "'");
        }
        Optional<String> subscribed = subscriptions.findByLedgers(topic);
        if (subscribed.isPresent()) {
            throw refused(
                    topic,
                    "has the ledgers of the subscriptions to the topic '" + subscribed.get() + "'");
        }
    }

    void requireDeletable(String topic) throws InterruptedException {
        requireWritable(topic);
        if (queues.find(topic).isPresent()) {
            throw refused(topic, "has the messages of a queue. Delete the queue instead");
        }
        List<SubscriptionInfo> all = subscriptions.list(topic);
        if (!all.isEmpty()) {
            throw refused(
                    topic,
                    "has "
                            + all.size()
                            + (all.size() == 1 ? " subscription, '" : " subscriptions, such as '")
                            + all.getFirst().name()
                            + "'. Delete them first, each by DELETE"
                            + " /v1/topics/{topic}/subscriptions/{subscription} or `sinew sub"
                            + " delete`");
        }
    }
}
