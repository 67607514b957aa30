package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Filters in the dialects of CloudEvents' Subscriptions API; the examples of its section 3.2.4
/// among them.
class FilterEventsTest {
    private static final String SPEC = "https://github.com/cloudevents/spec";
    private static final String PUSH = "com.github.push";

    /// An event in binary mode, as the Kafka binding of CloudEvents has it.
    private static FilterRecords binary(String type, String subject) {
        return FilterRecords.ofHeader("ce_specversion", "1.0")
                .withHeader("ce_type", type)
                .withHeader("ce_subject", subject)
                .withHeader("content-type", "text/plain")
                .withBody("hello");
    }

    private static FilterRecords structured(String event) {
        return FilterRecords.ofHeader("content-type", "Application/CloudEvents+JSON; charset=UTF-8")
                .withBody(event);
    }

    private static void assertPasses(String filter, FilterRecords record) {
        assertThat(record.passes(filter)).as("%s on %s", filter, record).isTrue();
    }

    private static void assertPassesNot(String filter, FilterRecords record) {
        assertThat(record.passes(filter)).as("%s on %s", filter, record).isFalse();
    }

    @Test
    void an_attribute_that_is_missing_is_not_what_any_filter_wants() {
        FilterRecords record = FilterRecords.ofBody("{\"type\":\"a\"}").withKey("a");
        for (String dialect : new String[] {"exact", "prefix", "suffix"}) {
            assertPassesNot("[{\"" + dialect + "\":{\"type\":\"a\"}}]", record);
            assertPasses("[{\"not\":{\"" + dialect + "\":{\"type\":\"a\"}}}]", record);
        }
    }

    @Test
    void exact_is_all_attributes_character_by_character() {
        String filter = "[{\"exact\":{\"type\":\"" + PUSH + "\",\"subject\":\"" + SPEC + "\"}}]";
        assertPasses(filter, binary(PUSH, SPEC));
        assertPassesNot(filter, binary(PUSH, SPEC + "2"));
        assertPassesNot(filter, binary("com.github.Push", SPEC));
    }

    @Test
    void prefix_is_the_beginning_of_all_attributes() {
        String filter =
                "[{\"prefix\":{\"type\":\"com.github.\","
                        + "\"subject\":\"https://github.com/cloudevents\"}}]";
        assertPasses(filter, binary(PUSH, SPEC));
        assertPassesNot(filter, binary("com.gitlab.push", SPEC));
        assertPassesNot(filter, binary(PUSH, "https://github.com/cloud"));
    }

    @Test
    void suffix_is_the_end_of_all_attributes() {
        String filter = "[{\"suffix\":{\"type\":\".created\",\"subject\":\"/cloudevents/spec\"}}]";
        assertPasses(filter, binary("com.github.created", SPEC));
        assertPassesNot(filter, binary("com.github.created2", SPEC));
        assertPassesNot(filter, binary("com.github.created", SPEC + "/2"));
    }

    @Test
    void all_any_and_not_are_of_other_filters() {
        String push = "{\"exact\":{\"type\":\"" + PUSH + "\"}}";
        String spec = "{\"exact\":{\"subject\":\"" + SPEC + "\"}}";
        FilterRecords neither = binary("x", "y");
        FilterRecords one = binary(PUSH, "y");
        FilterRecords both = binary(PUSH, SPEC);
        String all = "[{\"all\":[" + push + "," + spec + "]}]";
        assertPasses(all, both);
        assertPassesNot(all, one);
        String any = "[{\"any\":[" + push + "," + spec + "]}]";
        assertPasses(any, both);
        assertPasses(any, one);
        assertPassesNot(any, neither);
        assertPasses("[{\"not\":" + push + "}]", neither);
        assertPassesNot("[{\"not\":" + push + "}]", one);
        assertPasses("[{\"not\":{\"not\":" + push + "}}]", one);
        assertPassesNot("[{\"not\":{\"any\":[" + push + "," + spec + "]}}]", one);
    }

    @Test
    void the_filters_of_the_array_hold_together_and_none_is_every_record() {
        String filter = "[{\"prefix\":{\"type\":\"com.\"}},{\"suffix\":{\"type\":\".push\"}}]";
        assertPasses(filter, binary(PUSH, SPEC));
        assertPassesNot(filter, binary("com.github.pull", SPEC));
        assertPassesNot(filter, binary("org.push", SPEC));
        assertPasses("[]", FilterRecords.empty());
    }

    @Test
    void what_is_no_attribute_is_a_header() {
        FilterRecords record = FilterRecords.ofHeader("tenant", "a").withHeader("type", "h");
        assertPasses("[{\"exact\":{\"tenant\":\"a\"}}]", record);
        assertPasses("[{\"exact\":{\"type\":\"h\"}}]", record);
        assertPassesNot("[{\"exact\":{\"type\":\"h\"}}]", record.withHeader("ce_type", "t"));
        assertPasses("[{\"exact\":{\"datacontenttype\":\"text/plain\"}}]", binary(PUSH, SPEC));
    }

    @Test
    void an_event_in_structured_mode_has_its_attributes_in_the_body() {
        FilterRecords record =
                structured(
                        "{\"type\":\"t\",\"count\":5,\"flag\":true,\"gone\":null,\"odd\":[1],"
                                + "\"data\":\"d\",\"data_base64\":\"d\"}");
        assertPasses("[{\"exact\":{\"type\":\"t\"}}]", record);
        assertPasses("[{\"exact\":{\"count\":\"5\",\"flag\":\"true\"}}]", record);
        assertPassesNot("[{\"prefix\":{\"gone\":\"n\"}}]", record);
        assertPassesNot("[{\"prefix\":{\"odd\":\"[\"}}]", record);
        assertPassesNot("[{\"exact\":{\"data\":\"d\"}}]", record);
        assertPassesNot("[{\"exact\":{\"data_base64\":\"d\"}}]", record);
        assertPasses("[{\"exact\":{\"tenant\":\"a\"}}]", record.withHeader("tenant", "a"));
        assertPasses("[{\"exact\":{\"type\":\"t\"}}]", record.withHeader("type", "h"));
        assertPassesNot("[{\"exact\":{\"type\":\"t\"}}]", structured("{\"type\":\"t\""));
        assertPassesNot("[{\"exact\":{\"type\":\"t\"}}]", structured("[\"type\"]"));
        assertPassesNot(
                "[{\"exact\":{\"type\":\"t\"}}]",
                FilterRecords.ofHeader("content-type", "application/cloudevents-batch+json")
                        .withBody("{\"type\":\"t\"}"));
    }
}
