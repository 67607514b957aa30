package io.sinew.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Finds loopback ports for servers that must be told their port before they start. Another process
/// can take the port in between: a server that can listen on port 0 and say which port it got
/// should do that instead.
public final class FreePorts {
    private FreePorts() {}

    /// A TCP port of 127.0.0.1 that nobody listened on a moment ago.
    public static int next() {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on 127.0.0.1", e);
        }
    }
}
