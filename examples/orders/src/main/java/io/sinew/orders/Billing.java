package io.sinew.orders;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Makes a payment of each order, for a cashier to deal with. The order's id goes with it as a
/// dedupe id: should this stop between sending the payment and committing the order, the order
/// comes again, and the payment is not delivered again.
final class Billing implements Department {
    private final PaymentQueue payments;
    private final AtomicInteger sent = new AtomicInteger();

    Billing(PaymentQueue payments) {
        this.payments = payments;
    }

    @Override
    public String name() {
        return "billing";
    }

    @Override
    public void handle(Order order) {
        String amount = Amount.text(order.totalCents());
        payments.send(
                new Payment(order.id(), order.customer(), amount), Map.of("sender", "billing"));
        sent.incrementAndGet();
    }

    @Override
    public String report() {
        return sent.get() + " orders became payments";
    }
}
