package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.net.InetAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where webhooks may go.
class EndpointRulesTest {
    private static final EndpointRules INTERNET = EndpointRules.internet();

    private static void assertRefused(EndpointRules rules, String url, String because) {
        assertThatThrownBy(() -> rules.require(url))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                .hasMessageContaining(because);
    }

    static Stream<String> specialIpv4() {
        return Stream.of(
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.1",
                "192.168.255.255",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "168.63.129.16");
    }

    static Stream<String> specialIpv6() {
        return Stream.of(
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:169.254.169.254",
                "::127.0.0.1",
                "::8.8.8.8",
                "64:ff9b::127.0.0.1",
                "64:ff9b::8.8.8.8",
                "64:ff9b:1::a9fe:a9fe",
                "2002:7f00:1::1",
                "2002:a9fe:a9fe::",
                "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                "2001:db8::1",
                "2001:10::1",
                "2001:20::1",
                "3fff::1",
                "100::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1",
                "ff0e::1",
                "4000::1",
                "5f00::1");
    }

    @ParameterizedTest
    @MethodSource({"specialIpv4", "specialIpv6"})
    void an_address_that_is_not_one_of_a_host_of_the_internet_is_refused(String address) {
        assertThat(INTERNET.refusal(InetAddress.ofLiteral(address), true)).isPresent();
        String host = address.contains(":") ? "[" + address + "]" : address;
        assertRefused(INTERNET, "https://" + host + "/hook", "not allowed here");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "2001:4860:4860::8888",
                "2606:4700::1111",
                "2a00:1450::1"
            })
    void an_address_of_a_host_of_the_internet_is_allowed_by_https(String address) {
        assertThat(INTERNET.refusal(InetAddress.ofLiteral(address), true)).isEmpty();
        assertThat(INTERNET.refusal(InetAddress.ofLiteral(address), false)).isPresent();
    }

    @Test
    void what_is_allowed_is_allowed_by_plain_http_too_and_nothing_beside_it() {
        EndpointRules rules = EndpointRules.allowing("10.1.0.0/16", "fd00::/8");
        for (boolean https : new boolean[] {true, false}) {
            assertThat(rules.refusal(InetAddress.ofLiteral("10.1.255.1"), https)).isEmpty();
            assertThat(rules.refusal(InetAddress.ofLiteral("fd12::1"), https)).isEmpty();
            assertThat(rules.refusal(InetAddress.ofLiteral("10.2.0.1"), https)).isPresent();
            assertThat(rules.refusal(InetAddress.ofLiteral("fc12::1"), https)).isPresent();
        }
        assertThat(rules.refusal(InetAddress.ofLiteral("8.8.8.8"), false)).isPresent();
        assertThat(
                        new EndpointRules(rules.allowed(), true)
                                .refusal(InetAddress.ofLiteral("8.8.8.8"), false))
                .isEmpty();
    }

    @Test
    void a_range_of_translated_addresses_does_not_open_what_it_leads_to() {
        EndpointRules rules =
                EndpointRules.allowing("64:ff9b::/96", "2002::/16", "2001::/32", "10.0.0.0/8");
        assertThat(rules.refusal(InetAddress.ofLiteral("64:ff9b::8.8.8.8"), true)).isEmpty();
        assertThat(rules.refusal(InetAddress.ofLiteral("64:ff9b::10.0.0.1"), true)).isEmpty();
        assertThat(rules.refusal(InetAddress.ofLiteral("64:ff9b::127.0.0.1"), true)).isPresent();
        assertThat(rules.refusal(InetAddress.ofLiteral("2002:7f00:1::1"), true)).isPresent();
        // 127.0.0.1, its bits turned round.
        assertThat(rules.refusal(InetAddress.ofLiteral("2001:0:1::80ff:fffe"), true))
                .hasValueSatisfying(why -> assertThat(why).contains("127.0.0.1"));
    }

    @Test
    void a_range_that_can_not_be_read_is_refused() {
        for (String range :
                new String[] {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "host/8", "::/129"}) {
            assertThatThrownBy(() -> EndpointRules.allowing(range))
                    .isInstanceOf(SinewException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://hook.test/",
                "file:///etc/passwd",
                "gopher://hook.test/",
                "jar:https://hook.test/!/",
                "mailto:a@hook.test",
                "//hook.test/",
                "/hook",
                "hook.test",
                ""
            })
    void another_scheme_is_refused(String url) {
        assertRefused(INTERNET, url, "https://");
    }

    @Test
    void a_url_that_means_something_else_than_it_seems_to_is_refused() {
        assertRefused(INTERNET, "https://user:geheim@hook.test/", "user and password");
        assertRefused(INTERNET, "https://hook.test@10.0.0.1/", "user and password");
        assertRefused(INTERNET, "https://hook.test/#part", "'#'");
        assertRefused(INTERNET, "https://hook.test:0/", "port");
        assertRefused(INTERNET, "https://hook.test:65536/", "port");
        assertRefused(INTERNET, "https:///hook", "");
        assertRefused(INTERNET, "https://ho_ok.test/", "host");
        assertRefused(INTERNET, "https://höok.test/", "host");
        assertRefused(INTERNET, "https://[fe80::1%25eth0]/", "host");
        assertRefused(INTERNET, "https://hook.test/ä", "ASCII");
        assertRefused(INTERNET, "https://hook.test/a b", "read");
        assertRefused(INTERNET, "https://hook.test/\r\nhost: x", "read");
        assertRefused(INTERNET, "https://hook.test\\@10.0.0.1/", "read");
        assertRefused(INTERNET, "https://hook.test/" + "a".repeat(2_048), "2048");
        assertRefused(INTERNET, "http://hook.test/", "https://");
    }

    @Test
    void a_refusal_does_not_repeat_a_password() {
        assertThatThrownBy(() -> INTERNET.require("https://user:geheim@hook.test/ "))
                .hasMessageNotContaining("geheim");
        assertThatThrownBy(() -> INTERNET.require("https://user:geheim@hook.test/"))
                .hasMessageNotContaining("geheim");
    }

    @Test
    void a_url_is_taken_apart_as_it_is_sent() {
        var url = EndpointUrl.parse("HTTPS://Hook.test//a/%2e?b=c&d=%20");
        assertThat(url.https()).isTrue();
        assertThat(url.port()).isEqualTo(443);
        assertThat(url.target()).isEqualTo("//a/%2e?b=c&d=%20");
        assertThat(url.authority()).isEqualTo("Hook.test");
        assertThat(EndpointUrl.parse("http://[::1]:81").authority()).isEqualTo("[::1]:81");
        assertThat(EndpointUrl.parse("http://[::1]:81").target()).isEqualTo("/");
        assertThat(EndpointUrl.parse("http://[::1]:81").literal())
                .hasValue(InetAddress.ofLiteral("::1"));
        assertThatCode(() -> EndpointRules.allowing("::1").require("http://[::1]:81"))
                .doesNotThrowAnyException();
    }
}
