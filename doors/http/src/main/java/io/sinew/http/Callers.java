package io.sinew.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Who is at the other end of each connection, so that a handler that waits can see whether its
/// caller is still there.
///
/// Helidon reads from a connection only between two requests, and does not show its socket to
/// handlers. So this takes note of a socket when it was accepted, and of Helidon's reader when the
/// connection's own thread begins. Where the socket has something to read, the reader is asked for
/// it: the end, or what stays in it for the next request. Helidon's own monitor of idle sockets
/// needs a second thread that looks ten times a second, and takes a client for gone that is silent
/// for the time-out of a read.
final class Callers implements ServerConnectionSelector {
    private static final System.Logger LOGGER = System.getLogger(Callers.class.getName());

    /// Of the connection whose thread asks: Helidon gives each its own.
    private static final ThreadLocal<@Nullable Caller> CALLER = new ThreadLocal<>();

    private final Http1ConnectionSelector http1;
    private final int accepted;

    /// Sockets whose connection has not begun.
    private final ConcurrentHashMap<SocketAddress, SocketChannel> fresh = new ConcurrentHashMap<>();

    private record Caller(ConnectionContext connection, SocketChannel socket) {}

    Callers(Http1ConnectionSelector http1, HttpLimits limits) {
        this.http1 = http1;
        this.accepted = limits.maxConnections();
    }

    /// Takes note of a socket, before its connection begins.
    void accepted(SocketChannel socket) throws IOException {
        if (fresh.size() > accepted) {
            // Of connections that came to nothing.
            fresh.values().removeIf(channel -> !channel.isOpen());
        }
        fresh.put(socket.getRemoteAddress(), socket);
    }

    @Override
    public ServerConnection connection(ConnectionContext connection) {
        SocketChannel socket = fresh.remove(connection.remotePeer().address());
        if (socket != null) {
            CALLER.set(new Caller(connection, socket));
        }
        return http1.connection(connection);
    }

    /// Whether the caller of the request that this thread answers has not hung up. Does not wait. A
    /// caller that has only closed its own direction counts as gone.
    boolean isThere() {
        Caller known = CALLER.get();
        return known == null || isThere(known);
    }

    /// What hangs up on the caller of the request that this thread answers, whatever the thread is
    /// doing. For any thread.
    Runnable hangUp() {
        Caller known = CALLER.get();
        return () -> {
            try {
                if (known != null) {
                    known.socket.close();
                }
            } catch (IOException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "socket=not closed", e);
            }
        };
    }

    private static boolean isThere(Caller known) {
        try {
            if (hasSomethingToRead(known.socket)) {
                known.connection.dataReader().ensureAvailable();
            }
            return true;
        } catch (InsufficientDataAvailableException | ServerConnectionException | IOException e) {
            return false;
        }
    }

    /// What a selector says without waiting. The connection's own thread is here and not in a read,
    /// so nobody minds that the channel does not block for the moment.
    private static boolean hasSomethingToRead(SocketChannel socket) throws IOException {
        socket.configureBlocking(false);
        try (Selector selector = socket.provider().openSelector()) {
            var _ = socket.register(selector, SelectionKey.OP_READ);
            return selector.selectNow() > 0;
        } finally {
            socket.configureBlocking(true);
        }
    }

    // ---- as any connection over HTTP/1.1

    @Override
    public int bytesToIdentifyConnection() {
        return http1.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http1.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http1.supportedApplicationProtocols();
    }
}
