package io.sinew.orders;

import tools.jackson.databind.json.JsonMapper;

/// An order as JSON, in the shape of Kafka's serializers and deserializers.
final class OrderJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private OrderJson() {}

    static byte[] write(String topic, Order order) {
        return JSON.writeValueAsBytes(order);
    }

    static Order read(String topic, byte[] json) {
        return JSON.readValue(json, Order.class);
    }
}
