package io.sinew.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonObjectTest {
    @Test
    void what_json_gives_a_meaning_is_escaped() {
        assertThat(new JsonObject().with("a\"b", "\\ \n \u0000 \u001f").toString())
                .isEqualTo("{\"a\\\"b\":\"\\\\ \\u000a \\u0000 \\u001f\"}");
    }

    @Test
    void half_a_surrogate_pair_survives_as_an_escape() {
        assertThat(new JsonObject().with("a", "\ud83d").toString())
                .isEqualTo("{\"a\":\"\\ud83d\"}");
    }

    @Test
    void members_stand_in_the_order_in_which_they_came() {
        assertThat(new JsonObject().toString()).isEqualTo("{}");
        assertThat(new JsonObject().with("b", 1).with("a", "ü").toString())
                .isEqualTo("{\"b\":1,\"a\":\"ü\"}");
    }
}
