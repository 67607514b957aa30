package io.sinew.kafka;

import io.sinew.broker.Broker;
import io.sinew.broker.Topics;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// What both kinds of `AlterConfigs` ask for one topic. All of its edits are made, or none.
///
/// @param type the kind of thing, by Kafka's number
/// @param replacesAll whether the settings that are not edited go
record ConfigChange(byte type, String name, boolean replacesAll, List<ConfigEdit> edits) {
    /// What a request may name once.
    Object key() {
        return List.of(type, name);
    }

    /// Makes the change, as a part of `reply`, or only checks it.
    ///
    /// @throws io.sinew.base.SinewException `INVALID_REQUEST`, `INVALID_CONFIG`,
    ///   `INVALID_TOPIC_NAME`, `UNKNOWN_TOPIC_OR_PARTITION`
    void make(
            Broker broker, boolean validateOnly, DurableReply reply, DurableReply.Refusal refusal) {
        ConfigResources.requireTopic(type);
        Topics.checkName(name);
        var duplicates = Duplicates.among(edits.stream().map(ConfigEdit::name));
        edits.forEach(edit -> duplicates.refuse(edit.name()));
        UnaryOperator<Map<String, String>> change =
                own -> {
                    if (replacesAll) {
                        own.clear();
                    }
                    edits.forEach(edit -> edit.applyTo(own, broker.settings()));
                    return own;
                };
        if (validateOnly) {
            broker.topics().checkSettings(name, change);
        } else {
            reply.add(broker.topics().changeSettings(name, change).commit(), refusal);
        }
    }
}
