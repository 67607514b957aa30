package io.sinew.pubsub;

import io.sinew.base.Joins;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/// A webhook's receiver on this machine, which keeps what it got and answers, or does not, as the
/// test says. It writes its answers by hand, so that they may be as wrong as they like.
final class PushReceiver implements AutoCloseable {
    /// A request.
    ///
    /// @param headers by their names in lower case
    /// @param lines as they came
    record Received(String line, Map<String, String> headers, List<String> lines, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /// Writes an answer; the connection is closed if it throws.
    interface Answerer {
        void answer(Received request, OutputStream out) throws Exception;
    }

    private final ServerSocket server;
    private final Thread acceptor;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Received> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile Answerer answerer;

    private PushReceiver(ServerSocket server, Answerer answerer) {
        this.server = server;
        this.answerer = answerer;
        acceptor = Thread.ofVirtual().start(this::accept);
    }

    static PushReceiver start(Answerer answerer) throws IOException {
        return start("127.0.0.1", 0, answerer);
    }

    static PushReceiver start(String address, int port, Answerer answerer) throws IOException {
        var server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
        return new PushReceiver(server, answerer);
    }

    static PushReceiver startSecured(SSLContext tls, Answerer answerer) throws IOException {
        ServerSocket server =
                tls.getServerSocketFactory()
                        .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        return new PushReceiver(server, answerer);
    }

    // ---- answers

    static Answerer ok() {
        return status(200);
    }

    static Answerer status(int status, String... headers) {
        var head = new StringBuilder("HTTP/1.1 " + status + " So\r\ncontent-length: 2\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        byte[] answer = (head + "\r\nok").getBytes(StandardCharsets.UTF_8);
        return (_, out) -> out.write(answer);
    }

    /// Does nothing until the test is over.
    Answerer never() {
        return (_, _) -> {
            closed.await();
            throw new EOFException("the test is over");
        };
    }

    void answer(Answerer with) {
        answerer = with;
    }

    // ---- what came

    int port() {
        return server.getLocalPort();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    List<Received> requests() {
        return requests;
    }

    List<String> texts() {
        return requests.stream().map(Received::text).toList();
    }

    /// Connections that were opened.
    int connections() {
        return connections.get();
    }

    /// Connections that are over.
    int ended() {
        return ended.get();
    }

    // ---- serving

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                sockets.add(socket);
                Thread _ = Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            closed.countDown();
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                Received request = read(in);
                requests.add(request);
                answerer.answer(request, socket.getOutputStream());
                socket.getOutputStream().flush();
            }
        } catch (Exception e) {
            // The connection is over, as the test or the other side would have it.
            sockets.remove(socket);
        } finally {
            ended.incrementAndGet();
        }
    }

    private static Received read(InputStream in) throws IOException {
        String first = line(in);
        var lines = new CopyOnWriteArrayList<String>();
        var headers = new TreeMap<String, String>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            lines.add(line);
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("in the middle of a body");
        }
        return new Received(first, headers, lines, body);
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("in the middle of a line");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /// Ends all connections and takes no more.
    void hangUp() throws IOException {
        closed.countDown();
        server.close();
        // It may accept one more, and until it has ended the port is open.
        Joins.all(List.of(acceptor));
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        hangUp();
    }
}
