package io.sinew.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A client of server-sent events over a socket of its own, as far as our tails need one.
final class TailClient implements AutoCloseable {
    private static final int PATIENCE_MS = 60_000;

    private final Socket socket;
    private final BufferedReader reader;

    /// What is left of the chunk that is being read, and 0 before the next one.
    private int chunkLeft;

    private boolean ended;
    private String id = "";
    final String head;

    /// @param path with its query
    /// @param lastId empty for none
    TailClient(int port, String path, String lastId) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MS);
        String header = lastId.isEmpty() ? "" : "Last-Event-ID: " + lastId + "\r\n";
        socket.getOutputStream()
                .write(
                        ("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + header + "\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
        // One char for each byte, so that sizes of chunks can be counted.
        reader =
                new BufferedReader(
                        new InputStreamReader(
                                socket.getInputStream(), StandardCharsets.ISO_8859_1));
        var lines = new StringBuilder();
        for (String line = reader.readLine();
                line != null && !line.isEmpty();
                line = reader.readLine()) {
            lines.append(line).append('\n');
        }
        head = lines.toString();
    }

    /// @param name empty for a record
    record Event(String id, String name, String data) {
        /// A member that is a number.
        long number(String member) {
            int at = data.indexOf("\"" + member + "\":") + member.length() + 3;
            int end = at;
            while (Character.isDigit(data.charAt(end))) {
                end++;
            }
            return Long.parseLong(data.substring(at, end));
        }

        String place() {
            return number("partition") + ":" + number("offset");
        }
    }

    /// The next event, or null when the tail has ended as it should.
    @Nullable Event next() throws IOException {
        String name = "";
        String data = "";
        while (true) {
            String line = line();
            if (line == null) {
                return null;
            }
            if (line.isEmpty() && !data.isEmpty()) {
                return new Event(id, name, data);
            }
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                byte[] bytes = line.substring(6).getBytes(StandardCharsets.ISO_8859_1);
                data = new String(bytes, StandardCharsets.UTF_8);
            }
        }
    }

    Event event() throws IOException {
        Event event = next();
        if (event == null) {
            throw new AssertionError("the tail has ended");
        }
        return event;
    }

    /// The next line of the stream; null behind the last chunk.
    @Nullable String line() throws IOException {
        var line = new StringBuilder();
        while (true) {
            int c = read();
            if (c < 0) {
                return null;
            }
            if (c == '\n') {
                return line.toString();
            }
            line.append((char) c);
        }
    }

    private int read() throws IOException {
        if (ended) {
            return -1;
        }
        if (chunkLeft == 0) {
            String size = reader.readLine();
            if (size == null) {
                throw new IOException("broken off");
            }
            chunkLeft = Integer.parseInt(size, 16);
            if (chunkLeft == 0) {
                ended = true;
                return -1;
            }
        }
        int c = reader.read();
        if (c < 0) {
            throw new IOException("broken off");
        }
        chunkLeft--;
        if (chunkLeft == 0) {
            String _ = reader.readLine();
        }
        return c;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
