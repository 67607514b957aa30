package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Partition;
import io.sinew.broker.Topic;
import io.sinew.kafkawire.Message;
import java.util.UUID;

/// Finds what requests name: topics go by name in older versions and by id in newer ones (KIP-516).
record TopicLookup(Broker broker) {
    /// The topic of a name, or of an id where there is no name.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`, `UNKNOWN_TOPIC_ID`
    Topic topic(String name, UUID id) {
        if (name.isEmpty() && !id.equals(Message.ZERO_UUID)) {
            return broker.topics()
                    .withId(id)
                    .orElseThrow(() ->
                            new SinewException(
                                    ErrorCode.UNKNOWN_TOPIC_ID, "there is no topic with id " + id));
        }
        return broker.topics()
                .named(name)
                .orElseThrow(() ->
                        new SinewException(
                                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                                "there is no topic '" + name + "'"));
    }

    /// A partition of a topic.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`
    Partition partition(Topic topic, int index) {
        return broker.topics()
                .partition(topic, index)
                .orElseThrow(() ->
                        new SinewException(
                                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                                "topic '" + topic.name() + "' has no partition " + index));
    }

    int leaderEpoch() {
        return broker.leaderEpoch();
    }

    /// Refuses a client whose idea of the leader's epoch is not this broker's (KIP-320).
    ///
    /// @param epoch -1 when the client has none
    void requireEpoch(int epoch) {
        if (epoch >= 0 && epoch < broker.leaderEpoch()) {
            throw new SinewException(ErrorCode.FENCED_LEADER_EPOCH, "epoch " + epoch + " is over");
        }
        if (epoch > broker.leaderEpoch()) {
            throw new SinewException(
                    ErrorCode.UNKNOWN_LEADER_EPOCH, "epoch " + epoch + " has not begun");
        }
    }
}
