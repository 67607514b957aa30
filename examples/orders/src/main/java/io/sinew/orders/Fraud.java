package io.sinew.orders;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Holds back orders that are suspiciously large.
final class Fraud implements Department {
    private static final long LARGE_CENTS = 50_000;

    private final Set<String> held = ConcurrentHashMap.newKeySet();

    @Override
    public String name() {
        return "fraud";
    }

    @Override
    public void handle(Order order) {
        if (order.totalCents() > LARGE_CENTS) {
            held.add(order.id());
        }
    }

    @Override
    public String report() {
        return held.size() + " orders held back for a second look";
    }
}
