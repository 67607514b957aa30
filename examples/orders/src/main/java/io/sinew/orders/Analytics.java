package io.sinew.orders;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// Adds up the revenue.
final class Analytics implements Department {
    private final AtomicLong revenueCents = new AtomicLong();

    @Override
    public String name() {
        return "analytics";
    }

    @Override
    public void handle(Order order) {
        revenueCents.addAndGet(order.totalCents());
    }

    @Override
    public String report() {
        return String.format(Locale.ROOT, "revenue of %,.2f", revenueCents.get() / 100.0);
    }
}
