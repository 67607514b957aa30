package io.sinew.clients;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.Message;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/// A request that both brokers get, in the same order.
///
/// @param what in a few words: the name of what is asked
/// @param versions in which it is asked, one after the other
/// @param learning notes what later questions need of the answer
record Question(
        ApiKey api,
        String what,
        List<Integer> versions,
        Wording wording,
        BiConsumer<Told, Message> learning) {

    /// How the question is put.
    interface Wording {
        /// The request in one version, for one of the brokers.
        Message of(Told told, int version);
    }

    /// In the lowest and the highest version there is.
    static Question of(ApiKey api, String what, Wording wording) {
        List<Integer> versions =
                IntStream.of(api.minVersion(), api.maxVersion()).distinct().boxed().toList();
        return new Question(api, what, versions, wording, (_, _) -> {});
    }

    Question in(Integer... others) {
        return new Question(api, what, List.of(others), wording, learning);
    }

    <M extends Message> Question learning(Class<M> type, BiConsumer<Told, M> lesson) {
        return new Question(
                api, what, versions, wording, (told, m) -> lesson.accept(told, type.cast(m)));
    }
}
