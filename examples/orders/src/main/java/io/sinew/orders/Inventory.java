package io.sinew.orders;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Takes what was sold off the shelves.
final class Inventory implements Department {
    private final Map<String, Integer> sold = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "inventory";
    }

    @Override
    public void handle(Order order) {
        sold.merge(order.item(), order.quantity(), Integer::sum);
    }

    @Override
    public String report() {
        int pieces = sold.values().stream().mapToInt(Integer::intValue).sum();
        return pieces + " pieces of " + sold.size() + " items off the shelves";
    }
}
