package io.sinew.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ShopTest {
    private static final Order ORDER = new Order("order-1", "ada", "lamp", 2, 7_980);

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

    private static String report(Department department) {
        department.handle(ORDER);
        department.handle(new Order("order-2", "ada", "desk", 1, 60_000));
        return department.report();
    }
}
