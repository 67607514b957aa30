package io.sinew.pubsub;

import org.jspecify.annotations.Nullable;

/// A range of IP addresses, as `10.0.0.0/24` or `2001:db8::/32`. Names are never resolved: what is
/// no address is in no network.
///
/// @param high bits 127 to 64 of an address in it
/// @param low bits 63 to 0
/// @param bits how many of the 128 are the same in all of them
record FilterNetwork(long high, long low, int bits) implements FilterMatcher {
    private static final int BITS = 128;
    private static final int BITS_V4 = 32;

    /// An IPv4 address is kept as the IPv6 address that stands for it (RFC 4291, 2.5.5.2), and that
    /// is the same address. Otherwise no address of one kind is in a network of the other.
    private static final long V4_PREFIX = 0xffff_0000_0000L;

    private static final int GROUPS = 8;
    private static final int ADDRESS_CHARS = 39;

    /// Null for what is no network.
    static @Nullable FilterNetwork parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return null;
        }
        String address = text.substring(0, slash);
        boolean isV4 = address.indexOf(':') < 0;
        int bits = decimal(text.substring(slash + 1), isV4 ? BITS_V4 : BITS);
        if (bits < 0) {
            return null;
        }
        return address(address, isV4 ? BITS - BITS_V4 + bits : bits);
    }

    private static @Nullable FilterNetwork address(String text, int bits) {
        if (text.length() > ADDRESS_CHARS) {
            return null;
        }
        return text.indexOf(':') < 0 ? v4(text, bits) : v6(text, bits);
    }

    private static @Nullable FilterNetwork v4(String text, int bits) {
        long address = 0;
        int from = 0;
        for (int part = 0; part < 4; part++) {
            int dot = part < 3 ? text.indexOf('.', from) : text.length();
            int value = dot < 0 ? -1 : decimal(text.substring(from, dot), 255);
            if (value < 0) {
                return null;
            }
            address = (address << 8) | value;
            from = dot + 1;
        }
        return new FilterNetwork(0, V4_PREFIX | address, bits);
    }

    /// A number without a sign, a gap or a leading zero; -1 for anything else.
    private static int decimal(String text, int most) {
        if (text.isEmpty() || text.length() > 3 || (text.length() > 1 && text.charAt(0) == '0')) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value > most ? -1 : value;
    }

    /// Groups of up to four hexadecimal digits; `::` once, for as many groups of zeros as miss.
    private static @Nullable FilterNetwork v6(String text, int bits) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            long[] all = groups(text);
            return all == null || all.length != GROUPS ? null : ofGroups(all, bits);
        }
        long[] before = groups(text.substring(0, gap));
        long[] after = groups(text.substring(gap + 2));
        if (before == null || after == null || before.length + after.length >= GROUPS) {
            return null;
        }
        var all = new long[GROUPS];
        System.arraycopy(before, 0, all, 0, before.length);
        System.arraycopy(after, 0, all, GROUPS - after.length, after.length);
        return ofGroups(all, bits);
    }

    private static FilterNetwork ofGroups(long[] groups, int bits) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < GROUPS / 2; i++) {
            high = (high << 16) | groups[i];
            low = (low << 16) | groups[i + GROUPS / 2];
        }
        return new FilterNetwork(high, low, bits);
    }

    private static long @Nullable [] groups(String text) {
        if (text.isEmpty()) {
            return new long[0];
        }
        String[] parts = text.split(":", -1);
        var groups = new long[parts.length];
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (part.isEmpty() || part.length() > 4) {
                return null;
            }
            for (int j = 0; j < part.length(); j++) {
                int digit = part.charAt(j) < 128 ? Character.digit(part.charAt(j), 16) : -1;
                if (digit < 0) {
                    return null;
                }
                groups[i] = (groups[i] << 4) | digit;
            }
        }
        return groups;
    }

    private boolean isV4() {
        return high == 0 && low >>> BITS_V4 == V4_PREFIX >>> BITS_V4;
    }

    @Override
    public boolean matches(FilterValue value) {
        String text = value.text();
        FilterNetwork address = text == null ? null : address(text, BITS);
        return address != null
                && address.isV4() == isV4()
                && isSame(address.high, high, Math.min(bits, 64))
                && isSame(address.low, low, Math.max(bits - 64, 0));
    }

    private static boolean isSame(long one, long other, int leadingBits) {
        return leadingBits == 0 || (one ^ other) >>> (64 - leadingBits) == 0;
    }
}
