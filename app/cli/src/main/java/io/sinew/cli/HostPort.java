package io.sinew.cli;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// `HOST:PORT`, with an IPv6 address in brackets.
///
/// @param host a name or an address
/// @param port 0 to 65535; to listen on 0 is to listen on a free one
record HostPort(String host, int port) {
    private static final int PORT_MAX = 65_535;

    /// Reads one.
    ///
    /// @throws IllegalArgumentException saying what it should look like
    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        if (host.isBlank() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > PORT_MAX) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not HOST:PORT, such as 127.0.0.1:9092 or [::1]:9092");
        }
        return new HostPort(host, Integer.parseInt(port));
    }

    static HostPort of(InetSocketAddress address) {
        return new HostPort(
                address.isUnresolved()
                        ? address.getHostString()
                        : address.getAddress().getHostAddress(),
                address.getPort());
    }

    /// The address, looked up.
    ///
    /// @throws CommandException when nobody knows the host
    InetSocketAddress resolve() {
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new CommandException(
                    ExitCode.USAGE, "no address is known for the host '" + host + "'");
        }
        return address;
    }

    /// The address by name, for somebody else to look up.
    InetSocketAddress unresolved() {
        return InetSocketAddress.createUnresolved(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /// For options.
    static final class Converter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
