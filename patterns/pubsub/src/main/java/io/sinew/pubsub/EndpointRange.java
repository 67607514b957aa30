package io.sinew.pubsub;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.net.InetAddress;

/// A block of addresses: those whose first bits are the same. In text `10.0.0.0/8`, or an address
/// alone.
///
/// @param network its first address
/// @param prefixBits how many bits of it count
public record EndpointRange(InetAddress network, int prefixBits) {
    public EndpointRange {
        int most = network.getAddress().length * 8;
        if (prefixBits < 0 || prefixBits > most) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "of " + network.getHostAddress() + " 0 to " + most + " bits can count");
        }
    }

    /// Reads a range.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public static EndpointRange parse(String text) {
        int slash = text.indexOf('/');
        try {
            String address = slash < 0 ? text : text.substring(0, slash);
            InetAddress network = InetAddress.ofLiteral(address);
            int all = network.getAddress().length * 8;
            return new EndpointRange(
                    network, slash < 0 ? all : Integer.parseInt(text.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "a range of addresses is written as 10.0.0.0/8 or fd00::/8, and not '"
                            + text
                            + "'",
                    e);
        }
    }

    /// Whether the address is one of them.
    public boolean contains(InetAddress address) {
        byte[] mine = network.getAddress();
        byte[] other = address.getAddress();
        if (mine.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit++) {
            int mask = 0x80 >> (bit & 7);
            if (((mine[bit >> 3] ^ other[bit >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefixBits;
    }
}
