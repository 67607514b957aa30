package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Where a pattern looks in a record, and how what it asks at several places goes together.
class FilterPatternTest {
    private static void assertPasses(String filter, FilterRecords record) {
        assertThat(record.passes(filter)).as("%s on %s", filter, record).isTrue();
    }

    private static void assertPassesNot(String filter, FilterRecords record) {
        assertThat(record.passes(filter)).as("%s on %s", filter, record).isFalse();
    }

    @Test
    void a_body_that_is_no_json_matches_nothing_but_that_there_is_none() {
        for (String body :
                new String[] {"", " ", "{", "{\"f\":1} {}", "nope", "{\"f\":01}", "[1,]"}) {
            FilterRecords record = FilterRecords.ofBody(body);
            assertPassesNot("{\"body\":[{\"exists\":true}]}", record);
            assertPassesNot("{\"body\":{\"f\":[{\"exists\":true}]}}", record);
            assertPassesNot("{\"body\":{\"f\":[{\"anything-but\":\"a\"}]}}", record);
            assertPassesNot("{\"f\":[{\"anything-but\":\"a\"}]}", record);
            assertPasses("{\"body\":{\"f\":[{\"exists\":false}]}}", record);
            assertPasses("{\"body\":[{\"exists\":false}]}", record);
            assertPasses("{\"f\":[{\"exists\":false}]}", record);
        }
    }

    @Test
    void a_body_beyond_the_limits_is_none() {
        String exists = "{\"body\":{\"f\":[{\"exists\":true}]}}";
        String deep = "[".repeat(FilterLimits.BODY_DEPTH) + "]".repeat(FilterLimits.BODY_DEPTH);
        String most = "[" + "1,".repeat(FilterLimits.BODY_TOKENS - 10) + "1]";
        String more = "[" + "1,".repeat(FilterLimits.BODY_TOKENS) + "1]";
        int rest = FilterLimits.BODY_BYTES - "{\"f\":1,\"g\":\"\"}".length();
        assertPasses(
                exists,
                FilterRecords.ofBody(
                        "{\"f\":1,\"g\":" + deep.substring(1, deep.length() - 1) + "}"));
        assertPassesNot(exists, FilterRecords.ofBody("{\"f\":1,\"g\":" + deep + "}"));
        assertPasses(exists, FilterRecords.ofBody("{\"f\":1,\"g\":" + most + "}"));
        assertPassesNot(exists, FilterRecords.ofBody("{\"f\":1,\"g\":" + more + "}"));
        assertPasses(exists, FilterRecords.ofBody("{\"f\":1,\"g\":\"" + "x".repeat(rest) + "\"}"));
        assertPassesNot(
                exists, FilterRecords.ofBody("{\"f\":1,\"g\":\"" + "x".repeat(rest + 1) + "\"}"));
        assertPasses(exists, FilterRecords.ofBody("{\"f\":" + "1".repeat(1_000) + "}"));
        assertPassesNot(exists, FilterRecords.ofBody("{\"f\":" + "1".repeat(1_001) + "}"));
        assertPassesNot(exists, FilterRecords.ofBody("[".repeat(1_000_000)));
    }

    @Test
    void a_record_without_anything_is_no_match_but_for_what_is_not_there() {
        assertPassesNot("{\"key\":[{\"exists\":true}]}", FilterRecords.empty());
        assertPasses("{\"key\":[{\"exists\":false}]}", FilterRecords.empty());
        assertPassesNot("{\"headers\":{\"a\":[{\"exists\":true}]}}", FilterRecords.empty());
        assertPasses("{\"headers\":{\"a\":[{\"exists\":false}]}}", FilterRecords.empty());
        assertPasses("{}", FilterRecords.empty());
        assertPasses("[]", FilterRecords.empty());
        assertThat(Filter.all().matches(FilterRecords.empty().stored())).isTrue();
    }

    @Test
    void a_header_is_found_by_its_name_and_the_last_of_it_counts() {
        FilterRecords record =
                FilterRecords.ofHeader("a", "1").withHeader("a", "2").withHeader("b", "");
        assertPasses("{\"headers\":{\"a\":[\"2\"]}}", record);
        assertPassesNot("{\"headers\":{\"a\":[\"1\"]}}", record);
        assertPassesNot("{\"headers\":{\"A\":[\"2\"]}}", record);
        assertPasses("{\"headers\":{\"b\":[\"\"]}}", record);
        assertPassesNot("{\"body\":{\"a\":[\"2\"]}}", record);
    }

    @Test
    void a_cloud_events_attribute_is_found_by_its_own_name_and_before_a_header_of_that_name() {
        FilterRecords record =
                FilterRecords.ofHeader("type", "header").withHeader("ce_type", "attribute");
        assertPasses("{\"headers\":{\"type\":[\"attribute\"]}}", record);
        assertPasses("{\"headers\":{\"ce_type\":[\"attribute\"]}}", record);
        assertPassesNot("{\"headers\":{\"type\":[\"header\"]}}", record);
        assertPasses("{\"type\":[\"attribute\"]}", record);
        assertPasses(
                "{\"headers\":{\"datacontenttype\":[\"text/plain\"]}}",
                FilterRecords.ofHeader("content-type", "text/plain"));
    }

    @Test
    void the_text_of_a_header_or_key_is_also_the_number_or_truth_value_that_it_spells() {
        FilterRecords record = FilterRecords.ofHeader("n", "3.015e2").withHeader("t", "true");
        assertPasses("{\"headers\":{\"n\":[{\"numeric\":[\"=\",301.5]}]}}", record);
        assertPasses("{\"headers\":{\"n\":[301.5]}}", record);
        assertPasses("{\"headers\":{\"n\":[\"3.015e2\"]}}", record);
        assertPassesNot("{\"headers\":{\"n\":[{\"anything-but\":301.5}]}}", record);
        assertPasses("{\"headers\":{\"t\":[true]}}", record);
        assertPasses("{\"headers\":{\"t\":[\"true\"]}}", record);
        assertPassesNot("{\"headers\":{\"t\":[false]}}", record);
        assertPasses("{\"key\":[{\"numeric\":[\">\",41]}]}", FilterRecords.empty().withKey("42"));
        for (String none :
                new String[] {"", "-", "+1", "01", "1.", ".5", "1e", " 1", "0x1", "1_0"}) {
            assertPassesNot(
                    "{\"headers\":{\"n\":[{\"numeric\":[\">\",-1]}]}}",
                    FilterRecords.ofHeader("n", none));
        }
        assertPassesNot("{\"headers\":{\"n\":[null]}}", FilterRecords.ofHeader("n", "null"));
    }

    @Test
    void a_body_may_be_any_value() {
        assertPasses("{\"body\":[5]}", FilterRecords.ofBody(" 5 "));
        assertPasses("{\"body\":[\"a\"]}", FilterRecords.ofBody("[\"b\",\"a\"]"));
        assertPasses("{\"body\":{\"f\":[1]}}", FilterRecords.ofBody("[{\"f\":2},{\"f\":1}]"));
        assertPasses("{\"f\":[1]}", FilterRecords.ofBody("[{\"f\":2},{\"f\":1}]"));
        assertPassesNot("{\"body\":{\"f\":[1]}}", FilterRecords.ofBody("1"));
    }

    @Test
    void of_members_with_the_same_name_the_last_counts() {
        assertPasses("{\"body\":{\"f\":[2]}}", FilterRecords.ofBody("{\"f\":1,\"f\":2}"));
        assertPassesNot("{\"body\":{\"f\":[1]}}", FilterRecords.ofBody("{\"f\":1,\"f\":2}"));
        String many = "{\"f\":1,\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"g\":0,\"h\":0,\"f\":2}";
        assertPasses("{\"body\":{\"f\":[2]}}", FilterRecords.ofBody(many));
        assertPassesNot("{\"body\":{\"f\":[1]}}", FilterRecords.ofBody(many));
    }

    @Test
    void any_other_name_is_a_header_first_and_a_member_of_the_body_without_one() {
        FilterRecords both = FilterRecords.ofHeader("store", "h").withBody("{\"store\":\"b\"}");
        assertPasses("{\"store\":[\"h\"]}", both);
        assertPassesNot("{\"store\":[\"b\"]}", both);
        assertPasses("{\"body\":{\"store\":[\"b\"]}}", both);
        assertPasses("{\"store\":[\"b\"]}", FilterRecords.ofBody("{\"store\":\"b\"}"));
        assertPassesNot("{\"store\":[{\"exists\":false}]}", both);
        assertPasses("{\"store\":[{\"exists\":false}]}", FilterRecords.ofBody("{\"x\":1}"));
        // A header has nothing in it: what asks for something in it asks the body.
        assertPasses(
                "{\"store\":{\"city\":[\"b\"]}}",
                FilterRecords.ofHeader("store", "h").withBody("{\"store\":{\"city\":\"b\"}}"));
    }

    @Test
    void names_of_both_kinds_may_stand_beside_each_other() {
        String filter =
                "{\"headers\":{\"h\":[1]},\"key\":[\"k\"],\"body\":{\"b\":[2]},\"loose\":[3]}";
        FilterRecords all =
                FilterRecords.ofHeader("h", "1").withKey("k").withBody("{\"b\":2,\"loose\":3}");
        assertPasses(filter, all);
        assertPasses(filter, all.withBody("{\"b\":2}").withHeader("loose", "3"));
        assertPassesNot(filter, all.withBody("{\"b\":2}"));
        assertPassesNot(filter, all.withBody("{\"b\":1,\"loose\":3}"));
        assertPassesNot(filter, all.withKey("l"));
        assertPassesNot(filter, all.withHeader("h", "2"));
        assertPassesNot(filter, all.withHeader("loose", "2"));
    }

    @Test
    void a_dot_in_a_name_is_a_dot() {
        assertPasses("{\"body\":{\"a.b\":[1]}}", FilterRecords.ofBody("{\"a.b\":1}"));
        assertPassesNot("{\"body\":{\"a.b\":[1]}}", FilterRecords.ofBody("{\"a\":{\"b\":1}}"));
    }

    @Test
    void what_is_asked_below_one_name_is_found_in_one_element() {
        String filter = "{\"employees\":{\"firstName\":[\"Anna\"],\"lastName\":[\"%s\"]}}";
        FilterRecords record =
                FilterRecords.ofBody(
                        """
                        {"employees":[[{"firstName":"John","lastName":"Doe"}],
                          [{"firstName":"Anna","lastName":"Smith"},
                           {"firstName":"Peter","lastName":"Jones"}]]}
                        """);
        assertPasses(filter.formatted("Smith"), record);
        assertPassesNot(filter.formatted("Jones"), record);
        assertPassesNot(filter.formatted("Doe"), record);
    }

    @Test
    void what_is_to_be_missing_is_missing_in_the_element_that_was_found_or_else_in_all() {
        String found = "{\"a\":{\"x\":[1],\"y\":[{\"exists\":false}]}}";
        assertPasses(found, FilterRecords.ofBody("{\"a\":[{\"x\":1},{\"x\":2,\"y\":2}]}"));
        assertPassesNot(found, FilterRecords.ofBody("{\"a\":[{\"x\":1,\"y\":2},{\"x\":2}]}"));
        String alone = "{\"a\":{\"y\":[{\"exists\":false}]}}";
        assertPasses(alone, FilterRecords.ofBody("{\"a\":[{\"x\":1},{\"x\":2}]}"));
        assertPassesNot(alone, FilterRecords.ofBody("{\"a\":[{\"x\":1},{\"x\":2,\"y\":2}]}"));
        assertPasses(alone, FilterRecords.ofBody("{\"a\":[]}"));
        assertPasses(alone, FilterRecords.ofBody("{\"a\":5}"));
        assertPasses(alone, FilterRecords.ofBody("{}"));
    }

    @Test
    void one_alternative_of_or_has_to_match_together_with_all_the_rest() {
        String filter =
                """
                {"source":["cw"],
                 "$or":[{"metricName":["CPU","Latency"]},
                        {"metricType":["M"],"namespace":["EC2"],
                         "$or":[{"metricId":[1234]},{"spaceId":[1000]}]},
                        {"scope":["Service"]}]}
                """;
        assertPasses(filter, FilterRecords.ofBody("{\"source\":\"cw\",\"metricName\":\"CPU\"}"));
        assertPasses(filter, FilterRecords.ofBody("{\"source\":\"cw\",\"scope\":\"Service\"}"));
        assertPassesNot(filter, FilterRecords.ofBody("{\"scope\":\"Service\"}"));
        assertPassesNot(filter, FilterRecords.ofBody("{\"source\":\"cw\"}"));
        String third = "{\"source\":\"cw\",\"metricType\":\"M\",\"namespace\":\"EC2\"%s}";
        assertPassesNot(filter, FilterRecords.ofBody(third.formatted("")));
        assertPasses(filter, FilterRecords.ofBody(third.formatted(",\"metricId\":1234")));
        assertPasses(filter, FilterRecords.ofBody(third.formatted(",\"spaceId\":1000")));
    }

    @Test
    void alternatives_may_look_at_headers_key_and_body() {
        String filter =
                "{\"$or\":[{\"headers\":{\"h\":[\"1\"]}},{\"key\":[\"k\"]},"
                        + "{\"body\":{\"$or\":[{\"b\":[1]},{\"c\":[1]}]}},{\"loose\":[1]}]}";
        assertPasses(filter, FilterRecords.ofHeader("h", "1"));
        assertPasses(filter, FilterRecords.empty().withKey("k"));
        assertPasses(filter, FilterRecords.ofBody("{\"b\":1}"));
        assertPasses(filter, FilterRecords.ofBody("{\"c\":1}"));
        assertPasses(filter, FilterRecords.ofBody("{\"loose\":1}"));
        assertPasses(filter, FilterRecords.ofHeader("loose", "1").withBody("{"));
        assertPassesNot(filter, FilterRecords.ofHeader("loose", "2").withBody("{\"loose\":1}"));
        assertPassesNot(filter, FilterRecords.empty());
    }

    @Test
    void an_alternative_and_what_is_beside_it_are_found_in_one_element() {
        String filter = "{\"a\":{\"x\":[1]},\"$or\":[{\"a\":{\"y\":[1]}},{\"b\":[1]}]}";
        assertPasses(filter, FilterRecords.ofBody("{\"a\":[{\"x\":1,\"y\":1}]}"));
        assertPassesNot(filter, FilterRecords.ofBody("{\"a\":[{\"x\":1},{\"y\":1}]}"));
        assertPasses(filter, FilterRecords.ofBody("{\"a\":[{\"x\":1},{\"y\":1}],\"b\":1}"));
    }

    @Test
    void as_many_combinations_as_are_allowed_are_told_apart() {
        var alternatives = new StringBuilder("{\"$or\":[{\"f0\":[0]}");
        for (int i = 1; i < FilterLimits.OR_COMBINATIONS; i++) {
            alternatives.append(",{\"f").append(i).append("\":[").append(i).append("]}");
        }
        Filter filter = Filter.parse(alternatives + "]}");
        for (int i = 0; i < FilterLimits.OR_COMBINATIONS; i++) {
            String body = "{\"f" + i + "\":%d}";
            assertThat(filter.matches(FilterRecords.ofBody(body.formatted(i)).stored())).isTrue();
            assertThat(filter.matches(FilterRecords.ofBody(body.formatted(99)).stored())).isFalse();
        }
    }

    @Test
    void the_document_is_kept_as_it_was_given() {
        String text = " {\n\"key\" : [ \"é\" ] } ";
        assertThat(Filter.parse(text).text()).isEqualTo(text);
        assertThat(Filter.parse(text)).isEqualTo(Filter.parse(text)).hasToString(text);
        assertThat(Filter.all().text()).isEqualTo("[]");
    }

    @Test
    void many_filters_look_at_one_subject() {
        var subject =
                new FilterSubject(
                        FilterRecords.ofHeader("ce_type", "t").withBody("{\"f\":1}").stored());
        assertThat(Filter.parse("{\"body\":{\"f\":[1]}}").matches(subject)).isTrue();
        assertThat(subject.body()).isSameAs(subject.body());
        assertThat(Filter.parse("{\"body\":{\"f\":[2]}}").matches(subject)).isFalse();
        assertThat(Filter.parse("[{\"exact\":{\"type\":\"t\"}}]").matches(subject)).isTrue();
        assertThat(subject.record().headers()).hasSize(1);
    }
}
