package io.sinew.kafka;

import io.sinew.broker.BrokerSettings;
import io.sinew.broker.Setting;
import io.sinew.broker.Topic;
import io.sinew.broker.TopicSettings;
import java.util.ArrayList;
import java.util.List;

/// A setting as `DescribeConfigs` tells of it: the value in force and where it is from.
///
/// @param origins the values that it could have, the one in force first; never empty
record ConfigValue(Setting setting, List<Origin> origins) {

    /// A value that is set somewhere.
    ///
    /// @param name what the setting is called there
    record Origin(String name, String value, Source source) {}

    /// Where a value can be from, by Kafka's numbers.
    enum Source {
        TOPIC(1),
        /// The configuration that the broker was started with.
        BROKER(4),
        DEFAULT(5);

        private final byte id;

        Source(int id) {
            this.id = (byte) id;
        }

        byte id() {
            return id;
        }
    }

    /// All settings of a topic. The broker's is in force for one that the topic does not have.
    static List<ConfigValue> ofTopic(Topic topic, BrokerSettings broker) {
        return TopicSettings.all().stream()
                .map(setting -> {
                    var origins = new ArrayList<Origin>();
                    String own = topic.settings().get(setting.name());
                    if (own != null) {
                        origins.add(new Origin(setting.name(), own, Source.TOPIC));
                    }
                    String brokers = BrokerSettings.synonym(setting.name()).orElse(setting.name());
                    addBrokers(brokers, setting, broker, origins);
                    return new ConfigValue(setting, List.copyOf(origins));
                })
                .toList();
    }

    /// All settings of the broker.
    static List<ConfigValue> ofBroker(BrokerSettings broker) {
        return BrokerSettings.all().stream()
                .map(setting -> {
                    var origins = new ArrayList<Origin>();
                    addBrokers(setting.name(), setting, broker, origins);
                    return new ConfigValue(setting, List.copyOf(origins));
                })
                .toList();
    }

    private static void addBrokers(
            String name, Setting setting, BrokerSettings broker, List<Origin> origins) {
        String set = broker.values().get(name);
        if (set != null) {
            origins.add(new Origin(name, set, Source.BROKER));
        }
        origins.add(new Origin(name, setting.defaultValue(), Source.DEFAULT));
    }

    String name() {
        return setting.name();
    }

    /// The origins that have a name to be set by: a default that no broker setting gives has none.
    List<Origin> settable() {
        return BrokerSettings.synonym(name()).isPresent()
                ? origins
                : origins.stream().filter(origin -> origin.source() != Source.DEFAULT).toList();
    }

    String value() {
        return origins.getFirst().value();
    }

    Source source() {
        return origins.getFirst().source();
    }

    /// Kafka's number for how the value reads.
    byte type() {
        return (byte)
                switch (setting.type()) {
                    case BOOLEAN -> 1;
                    case STRING -> 2;
                    case INT -> 3;
                    case LONG -> 5;
                    case DOUBLE -> 6;
                    case LIST -> 7;
                };
    }
}
