package io.sinew.clients;

import io.sinew.server.ServerConfig;
import io.sinew.server.SinewServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Optional;

/// Starts a server in a process of its own and runs it until it is told to end.
final class SinewMain {
    private SinewMain() {}

    /// Runs until SIGTERM.
    ///
    /// @param arguments data directory, port, then `NAME=VALUE` settings
    public static void main(String[] arguments) throws Exception {
        var settings = new HashMap<String, String>();
        for (int i = 2; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            settings.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        SinewServer server =
                SinewServer.start(
                        new ServerConfig(
                                Path.of(arguments[0]),
                                new InetSocketAddress(
                                        InetAddress.getLoopbackAddress(),
                                        Integer.parseInt(arguments[1])),
                                Optional.empty(),
                                settings));
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> {
                            try {
                                server.close();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        }));
        Thread.currentThread().join();
    }
}
