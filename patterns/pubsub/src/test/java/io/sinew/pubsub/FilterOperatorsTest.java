package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Each operator of a pattern on values of a body: what it is asked, the value, and the answer.
class FilterOperatorsTest {
    /// Each line is `rule | value | yes or no`; a value `-` is a field that is not there.
    private static void check(String table) {
        for (String line : table.strip().lines().toList()) {
            String[] cells = line.split(" \\| ", -1);
            assertThat(cells).as(line).hasSize(3);
            String value = cells[1].strip();
            String body = value.equals("-") ? "{\"other\":1}" : "{\"f\":" + value + "}";
            boolean passes =
                    FilterRecords.ofBody(body).passes("{\"body\":{\"f\":" + cells[0] + "}}");
            assertThat(passes ? "yes" : "no").as(line).isEqualTo(cells[2].strip());
        }
    }

    @Test
    void a_value_is_equal_in_type_and_text() {
        check(
                """
                ["a"] | "a" | yes
                ["a"] | "A" | no
                ["a"] | "ab" | no
                ["a"] | - | no
                ["a"] | null | no
                ["a", "b"] | "b" | yes
                ["a", 1, true, null] | 1 | yes
                ["a", 1, true, null] | true | yes
                ["a", 1, true, null] | null | yes
                ["a", 1, true, null] | false | no
                [""] | "" | yes
                [""] | - | no
                ["1"] | 1 | no
                [1] | "1" | no
                ["true"] | true | no
                [true] | "true" | no
                [null] | - | no
                [null] | "null" | no
                ["\\u00e9"] | "é" | yes
                ["\\ud83d\\ude00"] | "😀" | yes
                """);
    }

    @Test
    void numbers_are_compared_as_exact_decimals() {
        check(
                """
                [300] | 300 | yes
                [300] | 300.0 | yes
                [300] | 3e2 | yes
                [300] | 300.00000000000000000001 | no
                [0.1] | 0.10 | yes
                [0.1] | 1E-1 | yes
                [0] | -0.0 | yes
                [123456789012345678901234567890] | 123456789012345678901234567890 | yes
                [123456789012345678901234567890] | 123456789012345678901234567891 | no
                [9007199254740993] | 9007199254740992 | no
                [1e400] | 10e399 | yes
                [1] | 1e999999999999 | no
                [{"exists": true}] | 1e999999999999 | yes
                [{"anything-but": 1}] | 1e999999999999 | yes
                """);
    }

    @Test
    void a_prefix_is_that_of_a_text() {
        check(
                """
                [{"prefix": "ab"}] | "abc" | yes
                [{"prefix": "ab"}] | "ab" | yes
                [{"prefix": "ab"}] | "a" | no
                [{"prefix": "ab"}] | "xab" | no
                [{"prefix": "ab"}] | "ABC" | no
                [{"prefix": ""}] | "" | yes
                [{"prefix": "1"}] | 12 | no
                [{"prefix": "t"}] | true | no
                [{"prefix": "ab"}] | - | no
                [{"prefix": {"equals-ignore-case": "aB"}}] | "Abc" | yes
                [{"prefix": {"equals-ignore-case": "aB"}}] | "xabc" | no
                [{"prefix": {"equals-ignore-case": "É"}}] | "été" | yes
                """);
    }

    @Test
    void a_suffix_is_that_of_a_text() {
        check(
                """
                [{"suffix": ".png"}] | "a.png" | yes
                [{"suffix": ".png"}] | ".png" | yes
                [{"suffix": ".png"}] | "png" | no
                [{"suffix": ".png"}] | "a.PNG" | no
                [{"suffix": ".png"}] | "a.png2" | no
                [{"suffix": "2"}] | 12 | no
                [{"suffix": ""}] | "x" | yes
                [{"suffix": {"equals-ignore-case": ".PnG"}}] | "a.pNg" | yes
                [{"suffix": {"equals-ignore-case": ".PnG"}}] | "a.jpg" | no
                [{"suffix": ".png"}] | - | no
                """);
    }

    @Test
    void case_is_ignored_where_it_is_said() {
        check(
                """
                [{"equals-ignore-case": "Alice"}] | "aLICE" | yes
                [{"equals-ignore-case": "Alice"}] | "Alice " | no
                [{"equals-ignore-case": "É"}] | "é" | yes
                [{"equals-ignore-case": "1"}] | 1 | no
                [{"equals-ignore-case": "a"}] | - | no
                """);
    }

    @Test
    void an_asterisk_is_any_characters_or_none() {
        check(
                """
                [{"wildcard": "*"}] | "" | yes
                [{"wildcard": "*"}] | "anything" | yes
                [{"wildcard": "*"}] | 1 | no
                [{"wildcard": "*"}] | - | no
                [{"wildcard": ""}] | "" | yes
                [{"wildcard": ""}] | "a" | no
                [{"wildcard": "abc"}] | "abc" | yes
                [{"wildcard": "a*c"}] | "ac" | yes
                [{"wildcard": "a*c"}] | "abcbc" | yes
                [{"wildcard": "a*c"}] | "abcb" | no
                [{"wildcard": "a*a"}] | "a" | no
                [{"wildcard": "a*a"}] | "aa" | yes
                [{"wildcard": "ab*ba"}] | "aba" | no
                [{"wildcard": "*a*"}] | "bab" | yes
                [{"wildcard": "*a*"}] | "bbb" | no
                [{"wildcard": "a*b*c"}] | "aXbYc" | yes
                [{"wildcard": "a*b*c"}] | "aXcYb" | no
                [{"wildcard": "a*bc*c"}] | "abc" | no
                [{"wildcard": "*ab*ab*"}] | "abab" | yes
                [{"wildcard": "*ab*ab*"}] | "aab" | no
                [{"wildcard": "a\\\\*b"}] | "a*b" | yes
                [{"wildcard": "a\\\\*b"}] | "axb" | no
                [{"wildcard": "a\\\\\\\\*"}] | "a\\\\x" | yes
                [{"wildcard": "dir/*.png"}] | "dir/a/b.png" | yes
                """);
    }

    @Test
    void an_address_is_in_a_network() {
        check(
                """
                [{"cidr": "10.0.0.0/24"}] | "10.0.0.0" | yes
                [{"cidr": "10.0.0.0/24"}] | "10.0.0.255" | yes
                [{"cidr": "10.0.0.0/24"}] | "10.0.1.0" | no
                [{"cidr": "10.0.0.77/24"}] | "10.0.0.1" | yes
                [{"cidr": "10.0.0.1/32"}] | "10.0.0.1" | yes
                [{"cidr": "10.0.0.1/32"}] | "10.0.0.2" | no
                [{"cidr": "0.0.0.0/0"}] | "255.255.255.255" | yes
                [{"cidr": "0.0.0.0/0"}] | "256.0.0.0" | no
                [{"cidr": "0.0.0.0/0"}] | "1.2.3" | no
                [{"cidr": "0.0.0.0/0"}] | "1.2.3.4.5" | no
                [{"cidr": "0.0.0.0/0"}] | "01.2.3.4" | no
                [{"cidr": "0.0.0.0/0"}] | "localhost" | no
                [{"cidr": "0.0.0.0/0"}] | "::1" | no
                [{"cidr": "0.0.0.0/0"}] | "::ffff:a00:1" | yes
                [{"cidr": "::/0"}] | "10.0.0.1" | no
                [{"cidr": "::/0"}] | "1:2:3:4:5:6:7:8" | yes
                [{"cidr": "::/0"}] | "1:2:3:4:5:6:7" | no
                [{"cidr": "::/0"}] | "1::2::3" | no
                [{"cidr": "::/0"}] | "1:2:3:4:5:6:7:8:9" | no
                [{"cidr": "::/0"}] | ":" | no
                [{"cidr": "::/0"}] | "g::" | no
                [{"cidr": "2001:db8::/32"}] | "2001:DB8:ffff::1" | yes
                [{"cidr": "2001:db8::/32"}] | "2001:db9::" | no
                [{"cidr": "2001:db8::/63"}] | "2001:db8:0:1::" | yes
                [{"cidr": "2001:db8::/64"}] | "2001:db8:0:1::" | no
                [{"cidr": "2001:db8::/64"}] | "2001:db8::ffff:ffff:ffff:ffff" | yes
                [{"cidr": "2001:db8::1/128"}] | "2001:db8:0:0:0:0:0:1" | yes
                [{"cidr": "2001:db8::1/128"}] | "2001:db8::2" | no
                [{"cidr": "10.0.0.0/8"}] | 10 | no
                """);
    }

    @Test
    void a_field_exists_when_it_has_a_value() {
        check(
                """
                [{"exists": true}] | 1 | yes
                [{"exists": true}] | "" | yes
                [{"exists": true}] | null | yes
                [{"exists": true}] | - | no
                [{"exists": true}] | [] | no
                [{"exists": true}] | {"g": 1} | no
                [{"exists": true}] | [{"g": 1}] | no
                [{"exists": true}] | [{"g": 1}, 2] | yes
                [{"exists": false}] | - | yes
                [{"exists": false}] | null | no
                [{"exists": false}] | [] | yes
                [{"exists": false}] | {"g": 1} | yes
                [{"exists": false}] | [[1]] | no
                [{"exists": false}, "a"] | - | yes
                [{"exists": false}, "a"] | "a" | yes
                [{"exists": false}, "a"] | "b" | no
                [{"exists": false}, {"exists": true}] | - | yes
                [{"exists": false}, {"exists": true}] | 1 | yes
                """);
    }

    @Test
    void a_number_is_in_a_range() {
        check(
                """
                [{"numeric": ["=", 5]}] | 5.0 | yes
                [{"numeric": ["=", 5]}] | 6 | no
                [{"numeric": [">", 0]}] | 0 | no
                [{"numeric": [">", 0]}] | 1e-300 | yes
                [{"numeric": [">=", 0]}] | 0 | yes
                [{"numeric": ["<", 0]}] | -1 | yes
                [{"numeric": ["<", 0]}] | 0 | no
                [{"numeric": ["<=", 0]}] | 0 | yes
                [{"numeric": [">", 0, "<=", 5]}] | 5 | yes
                [{"numeric": [">", 0, "<=", 5]}] | 5.000000000000000000001 | no
                [{"numeric": ["<=", 5, ">", 0]}] | 3 | yes
                [{"numeric": [">=", 1, "<=", 1]}] | 1 | yes
                [{"numeric": [">", 0.1]}] | 0.1 | no
                [{"numeric": [">", 9007199254740992]}] | 9007199254740993 | yes
                [{"numeric": [">", 0]}] | 1e999999999 | yes
                [{"numeric": [">", 0]}] | "1" | no
                [{"numeric": [">", 0]}] | true | no
                [{"numeric": [">", 0]}] | - | no
                """);
    }

    @Test
    void anything_but_is_any_other_value_that_is_there() {
        check(
                """
                [{"anything-but": "a"}] | "b" | yes
                [{"anything-but": "a"}] | "a" | no
                [{"anything-but": "a"}] | 1 | yes
                [{"anything-but": "a"}] | null | yes
                [{"anything-but": "a"}] | - | no
                [{"anything-but": "a"}] | [] | no
                [{"anything-but": "a"}] | {"g": 1} | no
                [{"anything-but": 1}] | 1.0 | no
                [{"anything-but": 1}] | "1" | yes
                [{"anything-but": true}] | false | yes
                [{"anything-but": null}] | null | no
                [{"anything-but": ["a", "b"]}] | "b" | no
                [{"anything-but": ["a", 1]}] | 1 | no
                [{"anything-but": ["a", 1]}] | 2 | yes
                [{"anything-but": [100, 200]}] | 150 | yes
                [{"anything-but": {"prefix": "in"}}] | "init" | no
                [{"anything-but": {"prefix": "in"}}] | "out" | yes
                [{"anything-but": {"prefix": "1"}}] | 1 | yes
                [{"anything-but": {"prefix": ["in", "out"]}}] | "outer" | no
                [{"anything-but": {"prefix": {"equals-ignore-case": "IN"}}}] | "init" | no
                [{"anything-but": {"suffix": ".png"}}] | "a.png" | no
                [{"anything-but": {"suffix": [".png", ".jpg"]}}] | "a.gif" | yes
                [{"anything-but": {"equals-ignore-case": "A"}}] | "a" | no
                [{"anything-but": {"equals-ignore-case": ["A", "B"]}}] | "c" | yes
                [{"anything-but": {"wildcard": "*/lib/*"}}] | "/usr/lib/x" | no
                [{"anything-but": {"wildcard": ["a*", "*b"]}}] | "cab" | no
                [{"anything-but": [{"prefix": "a"}, "b", {"suffix": "c"}]}] | "bc" | no
                [{"anything-but": [{"prefix": "a"}, "b", {"suffix": "c"}]}] | "bd" | yes
                [{"anything-but": "a"}, {"exists": false}] | - | yes
                """);
    }

    @Test
    void of_an_array_one_element_will_do() {
        check(
                """
                ["a"] | ["b", "a"] | yes
                ["a"] | ["b", "c"] | no
                ["a"] | [["b"], ["c", ["a"]]] | yes
                ["a"] | [{"g": "a"}] | no
                [{"numeric": [">", 5]}] | [1, "x", 7] | yes
                [{"anything-but": "a"}] | ["a", "b"] | yes
                [{"anything-but": "a"}] | ["a", "a"] | no
                [null] | [null] | yes
                """);
    }
}
