package io.sinew.orders;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Thanks the customer.
final class Email implements Department {
    private final Map<String, Integer> sent = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "email";
    }

    @Override
    public void handle(Order order) {
        sent.merge(order.customer(), 1, Integer::sum);
    }

    @Override
    public String report() {
        int mails = sent.values().stream().mapToInt(Integer::intValue).sum();
        return mails + " confirmations to " + sent.size() + " customers";
    }
}
