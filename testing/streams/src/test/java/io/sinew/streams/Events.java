package io.sinew.streams;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;

/// What goes into the application, in the order of its time, and what must come out, computed
/// without it. Each event is a line, an order and a payment.
final class Events {
    static final int PARTITIONS = 3;
    static final int WORDS_PER_LINE = 4;

    private static final int VOCABULARY = 30;
    private static final int CUSTOMERS = 20;
    private static final long PACE_MS = 100;

    private record Sent(int customer, String value, long atMs) {}

    private final long beginMs;
    private final List<String> lines = new ArrayList<>();
    private final List<Sent> orders = new ArrayList<>();
    private final List<Sent> payments = new ArrayList<>();

    /// @param nowMs wall time: the topics in which the application keeps its state forget what is
    ///   old
    Events(SplittableRandom random, int count, long nowMs) {
        long windowMs = ShopApplication.WINDOW.toMillis();
        this.beginMs = nowMs / windowMs * windowMs;
        for (int i = 0; i < count; i++) {
            var words = new ArrayList<String>();
            for (int word = 0; word < WORDS_PER_LINE; word++) {
                words.add("w" + random.nextInt(VOCABULARY));
            }
            lines.add(String.join(" ", words));
            long atMs = beginMs + i * PACE_MS;
            orders.add(new Sent(random.nextInt(CUSTOMERS), i + ":" + random.nextInt(100), atMs));
            payments.add(new Sent(random.nextInt(CUSTOMERS), "p" + i, atMs));
        }
    }

    int count() {
        return lines.size();
    }

    /// How much the order is about.
    static long amount(String order) {
        return Long.parseLong(order.substring(order.indexOf(':') + 1));
    }

    /// A customer's window, as the application calls it.
    static String window(String customer, long startMs) {
        return customer + "@" + startMs;
    }

    // ---- in

    /// The records of one event.
    List<ProducerRecord<String, String>> records(int index) {
        return List.of(
                new ProducerRecord<>(
                        ShopApplication.LINES,
                        index % PARTITIONS,
                        beginMs + index * PACE_MS,
                        null,
                        lines.get(index)),
                record(ShopApplication.ORDERS, orders.get(index)),
                record(ShopApplication.PAYMENTS, payments.get(index)));
    }

    private static ProducerRecord<String, String> record(String topic, Sent sent) {
        return new ProducerRecord<>(
                topic,
                sent.customer() % PARTITIONS,
                sent.atMs(),
                customer(sent.customer()),
                sent.value());
    }

    /// Orders of nobody, so late that all windows before are over. To be sent when everything else
    /// has come out.
    List<ProducerRecord<String, String>> end() {
        var end = new ArrayList<ProducerRecord<String, String>>();
        long atMs = beginMs + count() * PACE_MS + ShopApplication.WINDOW.toMillis();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            end.add(new ProducerRecord<>(ShopApplication.ORDERS, partition, atMs, "nobody", "x:0"));
        }
        return end;
    }

    private static String customer(int number) {
        return "c" + number;
    }

    // ---- out

    /// Words with their counts, one after the other.
    Map<String, List<String>> counts() {
        var counts = new HashMap<String, List<String>>();
        for (String line : lines) {
            for (String word : line.split(" ", -1)) {
                List<String> so = counts.computeIfAbsent(word, _ -> new ArrayList<>());
                so.add(Integer.toString(so.size() + 1));
            }
        }
        return counts;
    }

    /// Orders with payments, by customer.
    Map<String, List<String>> paid() {
        var paid = new HashMap<String, List<String>>();
        long nearMs = ShopApplication.NEAR.toMillis();
        for (Sent order : orders) {
            for (Sent payment : payments) {
                if (order.customer() == payment.customer()
                        && Math.abs(order.atMs() - payment.atMs()) <= nearMs) {
                    paid.computeIfAbsent(customer(order.customer()), _ -> new ArrayList<>())
                            .add(order.value() + "+" + payment.value());
                }
            }
        }
        return paid;
    }

    /// The sum of each customer's orders in each window, once.
    Map<String, List<String>> sales() {
        long windowMs = ShopApplication.WINDOW.toMillis();
        var sums = new HashMap<String, Long>();
        for (Sent order : orders) {
            String window = window(customer(order.customer()), order.atMs() / windowMs * windowMs);
            sums.merge(window, amount(order.value()), Long::sum);
        }
        var sales = new HashMap<String, List<String>>();
        sums.forEach((window, sum) -> sales.put(window, List.of(Long.toString(sum))));
        return sales;
    }
}
