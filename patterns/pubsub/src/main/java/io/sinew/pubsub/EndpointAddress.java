package io.sinew.pubsub;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What is known of an address by its number alone, from IANA's registries of special-purpose
/// addresses (RFC 6890).
final class EndpointAddress {
    /// What addresses in a range are, that are not those of a host anywhere in the internet.
    private record Special(EndpointRange range, String what) {
        static Special of(String range, String what) {
            return new Special(EndpointRange.parse(range), what);
        }
    }

    /// How an IPv6 address carries an IPv4 address.
    ///
    /// @param firstByte where that begins
    /// @param inverted whether its bits are turned round
    private record Carrier(EndpointRange range, int firstByte, boolean inverted) {
        static Carrier of(String range, int firstByte) {
            return new Carrier(EndpointRange.parse(range), firstByte, false);
        }

        Optional<InetAddress> carried(InetAddress address) {
            if (!range.contains(address)) {
                return Optional.empty();
            }
            byte[] four = Arrays.copyOfRange(address.getAddress(), firstByte, firstByte + 4);
            for (int i = 0; i < 4 && inverted; i++) {
                four[i] = (byte) ~four[i];
            }
            try {
                return Optional.of(InetAddress.getByAddress(four));
            } catch (UnknownHostException e) {
                throw new AssertionError("four bytes are an address", e);
            }
        }
    }

    private static final List<Special> SPECIAL =
            List.of(
                    Special.of("0.0.0.0/8", "of this network itself"),
                    Special.of("10.0.0.0/8", "private"),
                    Special.of("100.64.0.0/10", "behind a carrier's NAT"),
                    Special.of("127.0.0.0/8", "of this machine itself"),
                    Special.of("169.254.0.0/16", "link-local, as a cloud's metadata are"),
                    Special.of("172.16.0.0/12", "private"),
                    Special.of("192.0.0.0/24", "reserved"),
                    Special.of("192.0.2.0/24", "for documentation"),
                    Special.of("192.88.99.0/24", "of the 6to4 relays of old"),
                    Special.of("192.168.0.0/16", "private"),
                    Special.of("198.18.0.0/15", "for benchmarks"),
                    Special.of("198.51.100.0/24", "for documentation"),
                    Special.of("203.0.113.0/24", "for documentation"),
                    Special.of("224.0.0.0/4", "multicast"),
                    Special.of("240.0.0.0/4", "reserved"),
                    // Public by its number, and inside each of Azure's machines.
                    Special.of("168.63.129.16", "a cloud's own service"),
                    Special.of("::/128", "unspecified"),
                    Special.of("::1/128", "of this machine itself"),
                    Special.of("::/96", "an IPv4 address in IPv6 clothes"),
                    Special.of("64:ff9b::/96", "an IPv4 address in IPv6 clothes"),
                    Special.of("64:ff9b:1::/48", "an IPv4 address in IPv6 clothes"),
                    Special.of("2002::/16", "an IPv4 address in IPv6 clothes"),
                    Special.of("2001::/32", "an IPv4 address in IPv6 clothes"),
                    Special.of("fc00::/7", "private"),
                    Special.of("fe80::/10", "link-local"),
                    Special.of("fec0::/10", "private"),
                    Special.of("ff00::/8", "multicast"),
                    Special.of("2001::/23", "reserved"),
                    Special.of("2001:db8::/32", "for documentation"),
                    Special.of("3fff::/20", "for documentation"));

    /// All that IPv6 has given to hosts of the internet so far.
    private static final EndpointRange GLOBAL_IPV6 = EndpointRange.parse("2000::/3");

    /// Compatible addresses, NAT64 (RFC 6052, RFC 8215 in its longest form), 6to4, Teredo. Mapped
    /// ones (`::ffff:a.b.c.d`) are IPv4 addresses to Java already.
    private static final List<Carrier> CARRIERS =
            List.of(
                    Carrier.of("::/96", 12),
                    Carrier.of("64:ff9b::/96", 12),
                    Carrier.of("64:ff9b:1::/48", 12),
                    Carrier.of("2002::/16", 2),
                    new Carrier(EndpointRange.parse("2001::/32"), 12, true));

    private EndpointAddress() {}

    /// What the address is, if it is not one of a host of the internet.
    static Optional<String> special(InetAddress address) {
        for (Special special : SPECIAL) {
            if (special.range().contains(address)) {
                return Optional.of(special.what());
            }
        }
        boolean unknown = address.getAddress().length == 16 && !GLOBAL_IPV6.contains(address);
        return unknown ? Optional.of("reserved") : Optional.empty();
    }

    /// The IPv4 address that an IPv6 address leads to, if it is one of that kind.
    static Optional<InetAddress> carried(InetAddress address) {
        if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
            // Their numbers are among those of compatible addresses.
            return Optional.empty();
        }
        return CARRIERS.stream().flatMap(carrier -> carrier.carried(address).stream()).findFirst();
    }
}
