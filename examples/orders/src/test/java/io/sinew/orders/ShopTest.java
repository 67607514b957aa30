package io.sinew.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.server.ServerConfig;
import io.sinew.server.SinewServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Order ORDER = new Order("order-1", "ada", "lamp", 2, 7_980);

    @TempDir Path data;

    @Test
    void an_order_that_comes_twice_is_handled_once() throws Exception {
        var desk = new Desk(new Email());

        desk.put(ORDER);
        desk.put(ORDER);

        assertThat(desk.awaitHandled(1, Duration.ZERO)).isEqualTo(1);
        assertThat(desk.repeatCount()).isEqualTo(1);
        assertThat(desk.department().report()).isEqualTo("1 confirmations to 1 customers");
    }

    @Test
    void an_order_travels_as_json() {
        byte[] json = OrderJson.write(Order.TOPIC, ORDER);

        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"id\":\"order-1\",\"customer\":\"ada\",\"item\":\"lamp\","
                                + "\"quantity\":2,\"totalCents\":7980}");
        assertThat(OrderJson.read(Order.TOPIC, json)).isEqualTo(ORDER);
    }

    @Test
    void each_department_makes_of_an_order_what_is_its_own() {
        assertThat(report(new Email())).isEqualTo("2 confirmations to 1 customers");
        assertThat(report(new Inventory())).isEqualTo("3 pieces of 2 items off the shelves");
        assertThat(report(new Analytics())).isEqualTo("revenue of 679.80");
        assertThat(report(new Fraud())).isEqualTo("1 orders held back for a second look");
        assertThat(report(new Recommendations())).isEqualTo("2 tastes of 1 customers");
    }

    // ---- payments

    @Test
    void what_is_not_an_amount_is_refused_and_said_to_be_that() {
        assertThatThrownBy(() -> Amount.WITH_POINT.cents("18,90"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'18,90' is not an amount");
        assertThatThrownBy(() -> Amount.WITH_POINT_OR_COMMA.cents("18.9"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Amount.WITH_POINT_OR_COMMA.cents("18,90")).isEqualTo(1_890);
        assertThat(Amount.WITH_POINT.cents(Amount.text(7_905))).isEqualTo(7_905);
    }

    @Test
    void a_payment_that_comes_twice_is_made_once() throws Exception {
        var bank = new Bank();

        bank.pay("order-1", 7_980);
        bank.pay("order-1", 7_980);

        assertThat(bank.awaitPaid(1, Duration.ZERO)).isEqualTo(1);
        assertThat(bank.totalCents()).isEqualTo(7_980);
        assertThat(bank.repeatCount()).isEqualTo(1);
    }

    @Test
    void an_order_that_billing_sees_twice_is_one_payment() throws Exception {
        try (SinewServer server = server();
                var queue = new PaymentQueue(address(server))) {
            queue.create();
            queue.create();
            var billing = new Billing(queue);
            billing.handle(ORDER);
            billing.handle(ORDER);

            assertThat(queue.receive(10, LIMIT))
                    .extracting(PaymentQueue.Delivery::payment)
                    .containsExactly(new Payment("order-1", "ada", "79.80"));
            assertThat(queue.receive(10, Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void a_payment_that_nobody_can_make_is_put_aside_and_paid_when_the_mistake_is_mended()
            throws Exception {
        var bank = new Bank();
        try (SinewServer server = server();
                var queue = new PaymentQueue(address(server))) {
            queue.create();
            try (var _ = new Cashier(queue, bank, Amount.WITH_POINT)) {
                queue.send(new Payment("till-1", "grace", "18,90"), Map.of("sender", "till"));
                queue.send(new Payment("order-1", "ada", "79.80"), Map.of("sender", "billing"));
                assertThat(bank.awaitPaid(1, LIMIT)).isEqualTo(1);
                queue.awaitNothingWaiting(LIMIT);
            }
            assertThat(bank.hasPaid("till-1")).isFalse();
            PaymentQueue.DeadPayment dead = queue.awaitDead(1, LIMIT).getFirst();
            assertThat(dead.payment()).isEqualTo(new Payment("till-1", "grace", "18,90"));
            assertThat(dead.reason()).isEqualTo("failed");
            assertThat(dead.causes()).hasSize(3).containsOnly("'18,90' is not an amount");
            assertThat(dead.headers()).containsEntry("sender", "till");

            try (var _ = new Cashier(queue, bank, Amount.WITH_POINT_OR_COMMA)) {
                assertThat(queue.redrive("sender", "billing")).isZero();
                assertThat(queue.redrive("sender", "till")).isEqualTo(1);
                assertThat(bank.awaitPaid(2, LIMIT)).isEqualTo(2);
            }
            assertThat(bank.totalCents()).isEqualTo(9_870);
            assertThat(queue.dead()).isEmpty();
        }
    }

    private SinewServer server() throws IOException {
        var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return SinewServer.start(
                new ServerConfig(
                        data, anywhere, Optional.empty(), Optional.of(anywhere), Map.of()));
    }

    private static String address(SinewServer server) {
        return "127.0.0.1:" + server.httpAddress().orElseThrow().getPort();
    }

    private static String report(Department department) {
        department.handle(ORDER);
        department.handle(new Order("order-2", "ada", "desk", 1, 60_000));
        return department.report();
    }
}
