package io.sinew.clients;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// Stands between clients and a server and notes the requests. The server must advertise this
/// address, or clients go past it after their first question.
final class RecordingProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final InetSocketAddress server;
    private final List<RecordedSession.Request> requests = new ArrayList<>();

    /// Listens on a port of 127.0.0.1.
    RecordingProxy(int port, InetSocketAddress server) throws IOException {
        this.server = server;
        this.listening = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy-accept").start(this::acceptUntilClosed);
    }

    private void acceptUntilClosed() {
        try {
            for (int connection = 0; true; connection++) {
                Socket client = listening.accept();
                var upstream = new Socket(server.getAddress(), server.getPort());
                int number = connection;
                Thread.ofVirtual().start(() -> passRequests(number, client, upstream));
                Thread.ofVirtual().start(() -> passAnswers(upstream, client));
            }
        } catch (IOException e) {
            if (!listening.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void passRequests(int connection, Socket client, Socket upstream) {
        try (client;
                upstream) {
            var in = new DataInputStream(client.getInputStream());
            var out = new DataOutputStream(upstream.getOutputStream());
            while (true) {
                byte[] request = in.readNBytes(in.readInt());
                note(new RecordedSession.Request(connection, request));
                out.writeInt(request.length);
                out.write(request);
                out.flush();
            }
        } catch (IOException e) {
            // The client is done.
        }
    }

    private synchronized void note(RecordedSession.Request request) {
        requests.add(request);
    }

    private static void passAnswers(Socket upstream, Socket client) {
        try {
            upstream.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // One of the two is done.
        }
    }

    /// What was noted so far.
    synchronized RecordedSession session() {
        return new RecordedSession(List.copyOf(requests));
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
