package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;

/// Kinds of things that have configs, by Kafka's numbers.
final class ConfigResources {
    static final byte TOPIC = 2;
    static final byte BROKER = 4;
    static final byte GROUP = 32;

    private ConfigResources() {}

    /// Refuses whatever is not a topic: only their settings can be changed while the broker runs.
    ///
    /// @throws SinewException `INVALID_REQUEST`
    static void requireTopic(byte type) {
        if (type == BROKER) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "The broker's settings are given to it when it starts: with --set KEY=VALUE or"
                            + " under kafka: in its configuration file.");
        }
        if (type != TOPIC) {
            throw unknown(type);
        }
    }

    /// Refuses the name of a broker that is not this one.
    ///
    /// @param name empty stands for all brokers of the cluster
    /// @throws SinewException `INVALID_REQUEST`
    static void requireThisBroker(String name, Broker broker) {
        if (!name.isEmpty() && !name.equals(Integer.toString(broker.nodeId()))) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "There is no broker " + name + "; the only one is " + broker.nodeId() + ".");
        }
    }

    static SinewException unknown(byte type) {
        return new SinewException(
                ErrorCode.INVALID_REQUEST, "There are no configs of resource type " + type + ".");
    }
}
