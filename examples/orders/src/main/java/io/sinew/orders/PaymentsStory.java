package io.sinew.orders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The part of the story that plays at the cashiers: payments on a work queue, one of which nobody
/// can make until a mistake is mended.
final class PaymentsStory implements AutoCloseable {
    private static final int CASHIERS = 2;

    /// The header by which a payment says who sent it.
    private static final String SENDER = "sender";

    private static final String OLD_TILL = "old-till";

    /// Keyed in at a till that writes amounts in its own way.
    private static final Payment POISONED = new Payment("till-1", "grace", "18,90");

    private static final long POISONED_CENTS = 1_890;

    private final Narrator narrator;
    private final Claims claims;
    private final Duration limit;
    private final PaymentQueue queue;
    private final Bank bank = new Bank();
    private final Billing billing;
    private final List<Cashier> cashiers = new ArrayList<>();

    /// @param address of the server's HTTP door
    /// @param limit how long anything may take
    PaymentsStory(String address, Narrator narrator, Duration limit) {
        this.narrator = narrator;
        this.claims = new Claims(narrator);
        this.limit = limit;
        this.queue = new PaymentQueue(address);
        this.billing = new Billing(queue);
    }

    /// The department that turns orders into payments.
    Billing billing() {
        return billing;
    }

    /// Makes the queue and calls the cashiers.
    void open() {
        queue.create();
        callCashiers(Amount.WITH_POINT);
    }

    private void callCashiers(Amount amount) {
        for (int i = 0; i < CASHIERS; i++) {
            cashiers.add(new Cashier(queue, bank, amount));
        }
    }

    private void dismissCashiers() {
        cashiers.forEach(Cashier::stop);
        cashiers.forEach(Cashier::close);
        cashiers.clear();
    }

    /// A payment comes from somewhere else, and no cashier can make it.
    void onePaymentIsPoisoned(int orders) throws InterruptedException {
        queue.send(POISONED, Map.of(SENDER, OLD_TILL));
        awaitPaid(orders);
        awaitQuiet();
        narrator.tell(
                billing.report()
                        + ", "
                        + CASHIERS
                        + " cashiers made them; one more came from a"
                        + " till that writes 18,90 for 18.90");
        List<PaymentQueue.DeadPayment> dead = queue.awaitDead(1, limit);
        claims.verify(
                "that one failed 3 times and was put aside; all others are paid",
                dead.size() == 1
                        && dead.getFirst().payment().equals(POISONED)
                        && dead.getFirst().causes().size() == 3
                        && !bank.hasPaid(POISONED.id()));
        narrator.look("queue list");
        narrator.look("queue dead payments");
    }

    /// After the server was killed.
    void verifyNothingWasLost(int orders, long revenueCents) throws InterruptedException {
        awaitPaid(orders);
        awaitQuiet();
        claims.verify(
                "all " + orders + " payments were made, each once, and add up to the revenue",
                bank.totalCents() == revenueCents);
        narrator.tell(
                "payments that came to a cashier twice, and that the bank recognised: "
                        + bank.repeatCount());
    }

    /// The dead letter is looked at, the cashiers learn to read it, and it is sent again.
    void theMistakeIsMended(int orders, long revenueCents) throws InterruptedException {
        List<PaymentQueue.DeadPayment> dead = queue.awaitDead(1, limit);
        narrator.look("queue dead payments --full");
        claims.verify(
                "the dead letter says why it is one, also after the kill -9, and who sent it",
                dead.size() == 1
                        && dead.getFirst().reason().equals("failed")
                        && dead.getFirst().causes().contains("'18,90' is not an amount")
                        && OLD_TILL.equals(dead.getFirst().headers().get(SENDER)));
        dismissCashiers();
        callCashiers(Amount.WITH_POINT_OR_COMMA);
        narrator.tell("new cashiers read 18,90 as well; what the old till sent is sent again:");
        narrator.look("queue redrive payments --header " + SENDER + "=" + OLD_TILL + " --dry-run");
        int sent = queue.redrive(SENDER, OLD_TILL);
        awaitPaid(orders + 1);
        awaitQuiet();
        claims.verify(
                "it was sent again, and is paid: " + Amount.text(POISONED_CENTS),
                sent == 1
                        && bank.hasPaid(POISONED.id())
                        && bank.totalCents() == revenueCents + POISONED_CENTS);
        claims.verify("no dead letter is left, and no payment waits", queue.dead().isEmpty());
        narrator.look("queue list");
    }

    private void awaitPaid(int count) throws InterruptedException {
        int paid = bank.awaitPaid(count, limit);
        if (paid != count) {
            throw new StoryException(paid + " payments were made, and not " + count);
        }
    }

    /// Waits until nothing is with a cashier or on its way to the dead letters.
    private void awaitQuiet() throws InterruptedException {
        queue.awaitNothingWaiting(limit);
    }

    @Override
    public void close() {
        cashiers.forEach(Cashier::stop);
        queue.close();
        dismissCashiers();
    }
}
