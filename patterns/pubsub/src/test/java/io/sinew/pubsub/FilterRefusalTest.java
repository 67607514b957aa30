package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is refused as a filter, and what is said of it.
class FilterRefusalTest {
    private static void assertRefused(String document, String... said) {
        assertThatThrownBy(() -> Filter.parse(document))
                .as(document.length() > 200 ? document.substring(0, 200) : document)
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_FILTER))
                .message()
                .contains(said);
    }

    /// Each line is `document | what is said`.
    private static void assertEachRefused(String table) {
        for (String line : table.strip().lines().toList()) {
            String[] cells = line.split(" \\| ", -1);
            assertThat(cells).as(line).hasSize(2);
            assertRefused(cells[0], cells[1].strip());
        }
    }

    @Test
    void a_refusal_says_where_it_is_what_is_there_and_what_may_be_there() {
        assertThatThrownBy(() ->
                        Filter.parse(
                                """
                                {
                                  "body": {
                                    "price": [{"numeric": ["=>", 5]}]
                                  }
                                }
                                """))
                .hasMessage(
                        "The filter can't be read at line 3, column 28, $.body.price[0].numeric:"
                                + " there is the text \"=>\", where there may be only a lower bound"
                                + " (\">\", \">=\"), an upper one (\"<\", \"<=\"), one of each, or"
                                + " \"=\" alone.");
        assertThatThrownBy(() -> Filter.parse("[{\"sql\": \"TRUE\"}]"))
                .hasMessage(
                        "The filter can't be read at line 1, column 3, $[0]: there is the name"
                                + " \"sql\", where there may be one of \"exact\", \"prefix\","
                                + " \"suffix\", \"all\", \"any\" and \"not\": CloudEvents SQL is not"
                                + " supported.");
    }

    @Test
    void what_is_no_json_is_refused() {
        assertEachRefused(
                """
                {"key":["a"] | line 1, column 13, $: it is not JSON
                {"key":["a"]} x | it is not JSON
                {"key":["a"]} {} | there is an object, where there may be the end
                {"key":["a",]} | it is not JSON
                {'key':["a"]} | it is not JSON
                {"key":[01]} | it is not JSON
                {"key":[NaN]} | it is not JSON
                {"key":["a"],"key":["b"]} | Duplicate Object property "key"
                "all" | there is the text "all", where there may be an array of CloudEvents filters
                null | there is null
                5 | there is the number 5
                """);
        assertRefused("", "line 1, column 1, $: there is the end of the document");
        assertRefused("[".repeat(10_000), "line 1, column 2, $[0]: there is an array");
        assertRefused(" ", "there is the end of the document");
        assertRefused("{\"key\":[\"\ud800\"]}", "half of a surrogate pair");
    }

    @Test
    void filters_in_the_dialects_of_cloud_events_are_refused_where_they_say_nothing() {
        assertEachRefused(
                """
                [5] | $[0]: there is the number 5, where there may be an object
                [{}] | there is the end of an object, where there may be one of "exact"
                [{"exakt":{"type":"a"}}] | the name "exakt", where there may be one of "exact"
                [{"exact":[]}] | $[0].exact: there is an array, where there may be an object
                [{"exact":{}}] | at least one attribute
                [{"exact":{"":"a"}}] | the name of an attribute, which is not empty
                [{"exact":{"type":""}}] | $[0].exact.type: there is the text "", where there may be a text that is not empty
                [{"exact":{"type":5}}] | the number 5
                [{"prefix":{"type":["a"]}}] | there is an array
                [{"suffix":{"type":{"a":"b"}}}] | there is an object
                [{"exact":{"type":"a"},"prefix":{"type":"a"}}] | where there may be the end of the object
                [{"all":[]}] | at least one filter
                [{"any":{}}] | an array of filters
                [{"any":[{"all":[{"not":5}]}]}] | $[0].any[0].all[0].not: there is the number 5
                [{"not":[{"exact":{"type":"a"}}]}] | there is an array
                [{"exact":{"type":"a"}},null] | $[1]: there is null
                """);
    }

    @Test
    void patterns_are_refused_where_they_ask_for_nothing_that_can_be() {
        assertEachRefused(
                """
                {"key":"a"} | $.key: there is the text "a", where there may be an array
                {"key":[]} | at least one value or operator
                {"key":[["a"]]} | $.key[0]: there is an array
                {"key":{"a":["b"]}} | a key is text and has nothing in it
                {"headers":["a"]} | an object of names of headers
                {"headers":{}} | at least one name
                {"headers":{"a":{"b":["c"]}}} | $.headers.a.b: there is an array, where there may be no more names
                {"body":{"a":{}}} | $.body.a: there is the end of an object
                {"key":[{}]} | $.key[0]: there is the end of an object, where there may be one of "prefix"
                {"key":[{"prefx":"a"}]} | the name "prefx", where there may be one of "prefix"
                {"key":[{"prefix":"a","suffix":"b"}]} | where there may be the end of the object
                {"key":[{"prefix":5}]} | $.key[0].prefix: there is the number 5
                {"key":[{"prefix":["a"]}]} | there is an array
                {"key":[{"prefix":{"wildcard":"a"}}]} | the name "wildcard", where there may be "equals-ignore-case"
                {"key":[{"suffix":{"equals-ignore-case":5}}]} | $.key[0].suffix.equals-ignore-case: there is the number 5
                {"key":[{"equals-ignore-case":null}]} | there is null
                {"key":[{"wildcard":"a**b"}]} | a text without two * in a row
                {"key":[{"wildcard":"a\\\\b"}]} | with \\ only before * or \\
                {"key":[{"wildcard":"a\\\\"}]} | with \\ only before * or \\
                {"key":[{"wildcard":true}]} | there is true
                {"key":[{"cidr":"10.0.0.0"}]} | a network as "10.0.0.0/24"
                {"key":[{"cidr":"10.0.0.0/33"}]} | a network as "10.0.0.0/24"
                {"key":[{"cidr":"10.0.0/24"}]} | a network as "10.0.0.0/24"
                {"key":[{"cidr":"::/129"}]} | a network as "10.0.0.0/24"
                {"key":[{"cidr":"example.com/8"}]} | a network as "10.0.0.0/24"
                {"key":[{"cidr":"10.0.0.0/-1"}]} | a network as "10.0.0.0/24"
                {"key":[{"cidr":5}]} | there is the number 5
                {"key":[{"exists":"true"}]} | $.key[0].exists: there is the text "true", where there may be true or false
                """);
    }

    @Test
    void ranges_and_exclusions_are_refused_where_they_ask_for_nothing_that_can_be() {
        assertEachRefused(
                """
                {"key":[{"numeric":5}]} | an array as [">", 0, "<=", 5]
                {"key":[{"numeric":[]}]} | there is the end of an array
                {"key":[{"numeric":[5]}]} | there is the number 5
                {"key":[{"numeric":["<"]}]} | the end of an array, where there may be a number
                {"key":[{"numeric":["<","5"]}]} | the text "5", where there may be a number
                {"key":[{"numeric":["<",5,"<=",6]}]} | the text "<="
                {"key":[{"numeric":["=",5,"<",6]}]} | the text "<"
                {"key":[{"numeric":["<",6,"=",5]}]} | the text "="
                {"key":[{"numeric":[">",5,"<",5]}]} | a bound that leaves some number
                {"key":[{"numeric":[">=",6,"<=",5]}]} | a bound that leaves some number
                {"key":[{"numeric":[">",1,"<",5,"<",7]}]} | the text "<"
                {"key":[{"numeric":["=",1e99999999999]}]} | where there may be a number
                {"key":[{"anything-but":[]}]} | at least one value or operator
                {"key":[{"anything-but":[["a"]]}]} | there is an array
                {"key":[{"anything-but":{}}]} | there is the end of an object
                {"key":[{"anything-but":{"exists":false}}]} | the name "exists", where there may be one of "prefix"
                {"key":[{"anything-but":{"numeric":["=",1]}}]} | the name "numeric"
                {"key":[{"anything-but":{"prefix":""}}]} | a text that is not empty
                {"key":[{"anything-but":{"suffix":["a",""]}}]} | a text that is not empty
                {"key":[{"anything-but":{"prefix":[]}}]} | at least one text
                {"key":[{"anything-but":{"prefix":false}}]} | there is false
                {"key":[{"anything-but":{"wildcard":"**"}}]} | a text without two * in a row
                {"key":[{"anything-but":{"prefix":"a","suffix":"b"}}]} | where there may be the end of the object
                """);
    }

    @Test
    void or_is_refused_where_it_is_no_choice() {
        assertEachRefused(
                """
                {"$or":{"key":["a"]}} | $.$or: there is an object, where there may be an array of at least two
                {"$or":[]} | an array of at least two objects
                {"$or":[{"key":["a"]}]} | an array of at least two objects
                {"$or":[{"key":["a"]},5]} | $.$or[1]: there is the number 5
                {"$or":[{"key":["a"]},{}]} | at least one name
                {"$or":[{"a":["a"]},{"prefix":["b"]}]} | inside "$or" none is called as an operator is
                {"$or":[{"a":["a"]},{"b":{"numeric":["b"]}}]} | inside "$or" none is called as an operator is
                {"a":["1"],"$or":[{"a":["2"]},{"b":["3"]}]} | line 1, column 24, $.$or[0].a: this field, or one above or below it, is asked for twice
                {"$or":[{"a":["2"]},{"b":["3"]}],"a":["1"]} | is asked for twice
                {"$or":[{"body":{"a":["2"]}},{"b":["3"]}],"a":{"c":["1"]}} | is asked for twice
                {"a":{"c":["1"]},"$or":[{"b":["3"]},{"body":{"a":["2"]}}]} | is asked for twice
                {"$or":[{"a":{"c":["1"]}},{"b":["3"]}],"body":{"a":["2"]}} | is asked for twice
                """);
        assertThat(FilterRecords.ofBody("{\"prefix\":1}").passes("{\"prefix\":[1]}")).isTrue();
    }

    @Test
    void a_document_that_is_too_long_is_refused_by_its_bytes() {
        String filter = "{\"key\":[\"%s\"]}";
        int room = FilterLimits.DOCUMENT_BYTES - "{\"key\":[\"\"]}".length();
        assertThat(Filter.parse(filter.formatted("x".repeat(room))).text()).hasSizeGreaterThan(9);
        assertRefused(filter.formatted("x".repeat(room + 1)), "more than 262144 bytes");
        assertThat(Filter.parse(filter.formatted("é".repeat(room / 2))).text()).isNotEmpty();
        assertRefused(filter.formatted("é".repeat(room / 2 + 1)), "more than 262144 bytes");
    }

    @Test
    void a_document_that_is_too_deep_is_refused_before_it_is_read_to_its_end() {
        String not = "{\"not\":".repeat(FilterLimits.DEPTH - 2);
        String deepest =
                "[" + not + "{\"exact\":{\"a\":\"b\"}}" + "}".repeat(FilterLimits.DEPTH - 2) + "]";
        assertRefused(deepest, "there are more than 32 objects and arrays in each other");
        for (String open : new String[] {"{\"a\":", "{\"$or\":[", "{\"not\":", "{\"all\":["}) {
            String begin = open.contains("not") || open.contains("all") ? "[" : "";
            assertRefused(begin + open.repeat(10_000), "more than 32 objects and arrays", "line 1");
        }
        String names = "{\"a\":".repeat(FilterLimits.DEPTH - 1);
        String shut = "}".repeat(FilterLimits.DEPTH - 1);
        assertThat(Filter.parse(names + "[1]" + shut).text()).isNotEmpty();
        assertRefused(
                "{\"a\":" + names + "[1]" + shut + "}",
                "there are more than 32 objects and arrays in each other");
    }

    @Test
    void more_conditions_than_the_limit_are_refused() {
        String most = "1" + ",1".repeat(FilterLimits.CONDITIONS - 1);
        assertThat(Filter.parse("{\"key\":[" + most + "]}").text()).isNotEmpty();
        assertRefused(
                "{\"key\":[" + most + ",1]}", "there are more than 2048 values and operators");
        assertRefused(
                "{\"key\":[{\"anything-but\":[" + most + "]}]}",
                "there are more than 2048 values and operators");
        String filters =
                IntStream.rangeClosed(0, FilterLimits.CONDITIONS / 2)
                        .mapToObj(i -> "{\"exact\":{\"a\":\"b\"}}")
                        .collect(Collectors.joining(",", "[", "]"));
        assertRefused(filters, "there are more than 2048 values and operators");
    }

    @Test
    void more_combinations_of_alternatives_than_the_limit_are_refused() {
        String two = "{\"$or\":[{\"a%1$d\":[1]},{\"b%1$d\":[1]}]%2$s}";
        String six = two.formatted(0, "");
        for (int i = 1; i < 6; i++) {
            six = two.formatted(i, ",\"body\":{\"c" + i + "\":" + six + "}").replace("%", "");
        }
        assertThat(Filter.parse(six).text()).isNotEmpty();
        assertRefused(two.formatted(6, ",\"body\":{\"c6\":" + six + "}"), "in more than 64 ways");
        String many = "{\"a\":[1]}" + ",{\"a\":[1]}".repeat(FilterLimits.OR_COMBINATIONS - 1);
        assertThat(Filter.parse("{\"$or\":[" + many + "]}").text()).isNotEmpty();
        assertRefused("{\"$or\":[" + many + ",{\"a\":[1]}]}", "in more than 64 ways");
    }

    @Test
    void longer_wildcards_than_the_limit_are_refused() {
        String half = "*a".repeat(FilterLimits.WILDCARD_CHARS / 4);
        String filter =
                "{\"key\":[{\"wildcard\":\"" + half + "\"},{\"wildcard\":\"" + half + "%s\"}]}";
        assertThat(Filter.parse(filter.formatted("")).text()).isNotEmpty();
        assertRefused(filter.formatted("a"), "have more than 1024 characters");
    }

    @Test
    void a_number_that_is_too_long_is_refused() {
        String digits = "1".repeat(FilterLimits.NUMBER_CHARS);
        assertThat(Filter.parse("{\"key\":[" + digits + "]}").text()).isNotEmpty();
        assertRefused("{\"key\":[" + digits + "1]}", "it is not JSON that is taken here");
    }

    @Test
    void a_refusal_shows_no_more_than_a_little_of_the_document() {
        String junk = "x".repeat(100_000);
        assertThatThrownBy(() -> Filter.parse("{\"" + junk + "\":\"" + junk + "\"}"))
                .message()
                .hasSizeLessThan(500);
        assertThatThrownBy(() -> Filter.parse("{\"a\":[{\"" + junk + "\":1}]}"))
                .message()
                .hasSizeLessThan(500);
        assertThatThrownBy(() -> Filter.parse("{\"" + junk + "\":1,\"" + junk + "\":1}"))
                .message()
                .hasSizeLessThan(500);
    }
}
