package io.sinew.orders;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.RecordMetadata;

/// A day in the shop, from the first order to a power cut and the last payment. Each step says what
/// it claims, and verifies it with what the server itself says; a claim that does not hold ends the
/// story with a [StoryException].
public final class OrdersStory implements AutoCloseable {
    private static final int PARTITIONS = 3;
    private static final int MORNING_ORDERS = 120;
    private static final int NOON_ORDERS = 60;
    private static final int ORDERS_BEFORE_KILL = 80;
    private static final int ORDERS_AFTER_KILL = 80;
    private static final int ORDERS_AT_ONCE = 5;

    /// How long anything may take; a quiet machine needs a fraction of a second.
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Backbone backbone;
    private final Narrator narrator;
    private final Claims claims;
    private final PaymentsStory payments;
    private final Records records;
    private final Checkout checkout;
    private final Customers customers = new Customers();
    private final Map<String, Desk> desks = new LinkedHashMap<>();
    private final Map<String, Worker> workers = new LinkedHashMap<>();
    private int placed;

    /// Of all orders that are in the topic at the end of the day.
    private long revenueCents;

    public OrdersStory(Backbone backbone, Narrator narrator) {
        this.backbone = backbone;
        this.narrator = narrator;
        this.claims = new Claims(narrator);
        this.payments = new PaymentsStory(backbone.httpAddress(), narrator, LIMIT);
        this.records = new Records(backbone.address());
        this.checkout = new Checkout(backbone.address());
    }

    /// Plays all of it.
    ///
    /// @throws StoryException when a claim does not hold
    public void play() throws ExecutionException, InterruptedException, IOException {
        ordersComeIn();
        departmentsReadThem();
        emailIsAwayAndComesBack();
        analyticsCountsAgain();
        ordersBecomePayments();
        theBackboneIsKilled();
        theMistakeIsMended();
    }

    private void ordersComeIn() throws ExecutionException, InterruptedException {
        narrator.step("Orders come in");
        records.createTopic(PARTITIONS);
        place(MORNING_ORDERS);
        narrator.tell(
                MORNING_ORDERS
                        + " orders are in the topic "
                        + Order.TOPIC
                        + ", in "
                        + PARTITIONS
                        + " partitions, by customer");
        long stored = records.ends().values().stream().mapToLong(Long::longValue).sum();
        claims.verify("each order was stored once", stored == MORNING_ORDERS);
        claims.verify("the orders of one customer are in order", customersAreInOrder());
        narrator.look("topic describe orders");
        narrator.look("consume orders --max 3");
    }

    private boolean customersAreInOrder() throws ExecutionException, InterruptedException {
        var last = new LinkedHashMap<String, String>();
        for (Order order : records.readAll()) {
            String before = last.put(order.customer(), order.id());
            if (before != null && before.compareTo(order.id()) >= 0) {
                return false;
            }
        }
        return true;
    }

    private void departmentsReadThem() throws ExecutionException, InterruptedException {
        narrator.step("Five departments read the same orders, each in its own time");
        for (Department department :
                List.of(
                        new Email(),
                        new Inventory(),
                        new Analytics(),
                        new Fraud(),
                        new Recommendations())) {
            open(new Desk(department));
        }
        for (Desk desk : desks.values()) {
            awaitHandled(desk, placed);
            narrator.tell(desk.department().name() + ": " + desk.department().report());
        }
        claims.verify("each department handled all " + placed + " orders, none twice", noRepeats());
        narrator.look("group list");
    }

    private void emailIsAwayAndComesBack() throws ExecutionException, InterruptedException {
        narrator.step("Email stops, orders keep coming, email carries on where it was");
        close("email");
        place(NOON_ORDERS);
        for (Desk desk : desks.values()) {
            if (workers.containsKey(desk.department().name())) {
                awaitHandled(desk, placed);
            }
        }
        Desk email = desk("email");
        narrator.tell(NOON_ORDERS + " more orders: four departments have them, email does not run");
        claims.verify(
                "the server knows that email is " + NOON_ORDERS + " orders behind",
                records.lag("email") == NOON_ORDERS
                        && email.handledCount() == placed - NOON_ORDERS);
        open(email);
        awaitHandled(email, placed);
        narrator.tell("email is back: " + email.department().report());
        claims.verify(
                "email got the orders it had missed, and only those", email.repeatCount() == 0);
        narrator.look("group describe email");
    }

    private void analyticsCountsAgain() throws ExecutionException, InterruptedException {
        narrator.step("Analytics starts over from the first order");
        String before = desk("analytics").department().report();
        close("analytics");
        records.rewind("analytics");
        var again = new Desk(new Analytics());
        open(again);
        awaitHandled(again, placed);
        String after = again.department().report();
        narrator.tell("analytics read all " + placed + " orders again: " + after);
        claims.verify("it came to the same result as before", after.equals(before));
        claims.verify("nobody else noticed", noRepeats());
        narrator.look("group reset analytics --topic orders --to beginning --dry-run");
    }

    private void ordersBecomePayments() throws InterruptedException {
        narrator.step("Orders become payments, on a work queue; one of them is poisoned");
        payments.open();
        open(new Desk(payments.billing()));
        awaitHandled(desk("billing"), placed);
        payments.onePaymentIsPoisoned(placed);
    }

    private void theMistakeIsMended() throws InterruptedException {
        narrator.step("The poisoned payment is looked at, the mistake is mended, it is paid");
        payments.theMistakeIsMended(placed, revenueCents);
    }

    private void theBackboneIsKilled()
            throws ExecutionException, InterruptedException, IOException {
        narrator.step("The backbone is killed while orders come in (kill -9), and starts again");
        Desk inventory = desk("inventory");
        var closing = new AtomicBoolean();
        var evening = new FutureTask<>(() -> placeUntil(closing));
        Thread.ofVirtual().name("customers").start(evening);
        awaitHandled(inventory, inventory.handledCount() + ORDERS_BEFORE_KILL);
        var committedBefore = new LinkedHashMap<String, Map<Integer, Long>>();
        for (String group : desks.keySet()) {
            committedBefore.put(group, records.committed(group));
        }
        backbone.kill();
        int handledAtKill = inventory.handledCount();
        backbone.restart();
        awaitHandled(inventory, handledAtKill + ORDERS_AFTER_KILL);
        closing.set(true);
        evening.get();
        narrator.tell(
                "killed when inventory had handled "
                        + handledAtKill
                        + " orders; customers waited, and placed "
                        + placed
                        + " in all");
        verifyNothingWasLost(committedBefore);
        narrator.look("topic describe orders");
        narrator.look("group list");
    }

    private void verifyNothingWasLost(Map<String, Map<Integer, Long>> committedBefore)
            throws ExecutionException, InterruptedException {
        var stored = new ArrayList<String>();
        for (Order order : records.readAll()) {
            stored.add(order.id());
            revenueCents += order.totalCents();
        }
        claims.verify(
                "all " + placed + " acknowledged orders are there, each once",
                stored.size() == placed && new HashSet<>(stored).size() == placed);
        for (Desk desk : desks.values()) {
            awaitHandled(desk, placed);
        }
        boolean carriedOn = true;
        for (Map.Entry<String, Map<Integer, Long>> group : committedBefore.entrySet()) {
            Map<Integer, Long> now = records.committed(group.getKey());
            for (Map.Entry<Integer, Long> offset : group.getValue().entrySet()) {
                carriedOn &= now.getOrDefault(offset.getKey(), 0L) >= offset.getValue();
            }
        }
        claims.verify("no department fell behind what it had committed", carriedOn);
        int repeats = desks.values().stream().mapToInt(Desk::repeatCount).sum();
        narrator.tell(
                "each department has handled all "
                        + placed
                        + " orders; "
                        + repeats
                        + " came twice and were recognised");
        payments.verifyNothingWasLost(placed, revenueCents);
    }

    /// Places orders and returns when all are acknowledged. A few are under way at a time, as in a
    /// shop with several customers.
    private void place(int count) throws ExecutionException, InterruptedException {
        var underWay = new ArrayList<Future<RecordMetadata>>();
        for (int i = 0; i < count; i++) {
            underWay.add(checkout.place(customers.next()));
            if (underWay.size() == ORDERS_AT_ONCE || i == count - 1) {
                for (Future<RecordMetadata> order : underWay) {
                    order.get();
                }
                placed += underWay.size();
                underWay.clear();
            }
        }
    }

    private int placeUntil(AtomicBoolean closing) throws ExecutionException, InterruptedException {
        while (!closing.get()) {
            place(ORDERS_AT_ONCE);
        }
        return placed;
    }

    private void open(Desk desk) {
        String name = desk.department().name();
        desks.put(name, desk);
        workers.put(name, new Worker(backbone.address(), desk));
    }

    private void close(String department) {
        Worker worker = workers.remove(department);
        if (worker != null) {
            worker.close();
        }
    }

    private Desk desk(String department) {
        Desk desk = desks.get(department);
        if (desk == null) {
            throw new IllegalArgumentException("there is no department " + department);
        }
        return desk;
    }

    private boolean noRepeats() {
        return desks.values().stream().allMatch(desk -> desk.repeatCount() == 0);
    }

    private void awaitHandled(Desk desk, int count) throws InterruptedException {
        int handled = desk.awaitHandled(count, LIMIT);
        if (handled < count) {
            throw new StoryException(
                    desk.department().name()
                            + " handled "
                            + handled
                            + " of "
                            + count
                            + " orders in "
                            + LIMIT.toSeconds()
                            + " s");
        }
    }

    /// Ends the departments and the checkout; the topic and the groups stay.
    @Override
    public void close() {
        workers.values().forEach(Worker::stop);
        List.copyOf(workers.keySet()).forEach(this::close);
        payments.close();
        checkout.close();
        records.close();
    }
}
