package io.sinew.clients;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.Message;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/// A request that both brokers get, in the same order.
///
/// @param what in a few words: the name of what is asked
/// @param versions in which it is asked
record Question(ApiKey api, String what, List<Integer> versions, Wording wording) {
    /// Stands for the id of a topic that no broker has.
    static final UUID UNKNOWN_ID = new UUID(0x1234, 0x5678);

    /// How the question is put.
    interface Wording {
        /// The request in one version, for one of the brokers.
        ///
        /// @param topicIds of the broker that is asked, by name
        Message of(Map<String, UUID> topicIds, int version);
    }

    /// In the lowest and the highest version there is.
    static Question of(ApiKey api, String what, Wording wording) {
        List<Integer> versions =
                IntStream.of(api.minVersion(), api.maxVersion()).distinct().boxed().toList();
        return new Question(api, what, versions, wording);
    }

    Question in(Integer... others) {
        return new Question(api, what, List.of(others), wording);
    }
}
