package io.sinew.orders;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Learns who likes what.
final class Recommendations implements Department {
    private final Map<String, Set<String>> bought = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "recommendations";
    }

    @Override
    public void handle(Order order) {
        bought.computeIfAbsent(order.customer(), customer -> ConcurrentHashMap.newKeySet())
                .add(order.item());
    }

    @Override
    public String report() {
        int pairs = bought.values().stream().mapToInt(Set::size).sum();
        return pairs + " tastes of " + bought.size() + " customers";
    }
}
