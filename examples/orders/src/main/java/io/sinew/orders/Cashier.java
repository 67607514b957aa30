package io.sinew.orders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One who makes payments: a thread that takes some from the queue, makes each, and says so. Start
/// several, and they share the queue; no payment is with two of them at a time.
///
/// A payment that can't be made has failed. It comes again a little later, to whoever is free, and
/// nothing waits for it; when it has failed as often as the queue allows, it is put aside, with
/// what was said each time, as a dead letter.
final class Cashier implements AutoCloseable {
    private static final int AT_ONCE = 10;
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration CLOSE = Duration.ofSeconds(4);

    private final PaymentQueue payments;
    private final Bank bank;
    private final Amount amount;
    private final Thread thread;
    private volatile boolean open = true;

    /// @param amount how this one reads amounts
    Cashier(PaymentQueue payments, Bank bank, Amount amount) {
        this.payments = payments;
        this.bank = bank;
        this.amount = amount;
        thread = Thread.ofVirtual().name("cashier").start(this::work);
    }

    private void work() {
        try {
            while (open) {
                settle(payments.receive(AT_ONCE, WAIT));
            }
        } catch (StoryException e) {
            // The shop closes while the server is away: nobody has to be told.
            if (open) {
                throw e;
            }
        }
    }

    private void settle(List<PaymentQueue.Delivery> deliveries) {
        var made = new ArrayList<String>();
        for (PaymentQueue.Delivery delivery : deliveries) {
            try {
                Payment payment = delivery.payment();
                bank.pay(payment.id(), amount.cents(payment.amount()));
                made.add(delivery.receipt());
            } catch (IllegalArgumentException e) {
                payments.fail(delivery.receipt(), String.valueOf(e.getMessage()));
            }
        }
        if (!made.isEmpty()) {
            payments.acknowledge(made);
        }
    }

    /// Stops after what is in hand, and does not wait for that.
    void stop() {
        open = false;
    }

    /// Stops after what is in hand.
    @Override
    public void close() {
        stop();
        try {
            var _ = thread.join(CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
