package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.Setting;
import io.sinew.broker.TopicSettings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One change to one of a topic's settings (KIP-339).
///
/// @param operation Kafka's number for what to do
record ConfigEdit(String name, byte operation, @Nullable String value) {
    static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    /// Makes the change.
    ///
    /// @param own the topic's own settings, which it changes
    /// @param broker what holds where the topic has no setting of its own
    /// @throws SinewException `INVALID_REQUEST`, `INVALID_CONFIG`
    void applyTo(Map<String, String> own, BrokerSettings broker) {
        switch (operation) {
            case DELETE -> own.remove(known().name());
            case SET -> own.put(name, given());
            case APPEND -> own.put(name, edited(own, broker, words -> plus(words, given())));
            case SUBTRACT -> own.put(name, edited(own, broker, words -> minus(words, given())));
            default ->
                    throw new SinewException(
                            ErrorCode.INVALID_REQUEST,
                            "There is no operation " + operation + " on configs.");
        }
    }

    private String given() {
        if (value == null) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "The config " + name + " has no value.");
        }
        return value;
    }

    private String edited(
            Map<String, String> own, BrokerSettings broker, UnaryOperator<Set<String>> edit) {
        if (known().type() != Setting.Type.LIST) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "The config "
                            + name
                            + " is no list: nothing can be added to or taken from it.");
        }
        String present = own.getOrDefault(name, broker.ofTopics(name));
        return String.join(",", edit.apply(new LinkedHashSet<>(Setting.words(present))));
    }

    private static Set<String> plus(Set<String> words, String more) {
        words.addAll(Setting.words(more));
        return words;
    }

    private static Set<String> minus(Set<String> words, String fewer) {
        List.copyOf(Setting.words(fewer)).forEach(words::remove);
        return words;
    }

    private Setting known() {
        return TopicSettings.named(name)
                .orElseThrow(() ->
                        new SinewException(
                                ErrorCode.INVALID_CONFIG, "Unknown topic config name: " + name));
    }
}
