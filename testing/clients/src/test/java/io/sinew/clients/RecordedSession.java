package io.sinew.clients;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.requests.RequestHeader;

/// The requests of a client as they went over the wire, in order of arrival. As a file: a line for
/// each, `CONNECTION API VERSION HEX`, where the last is the request without the length before it;
/// `#` begins a comment.
///
/// @param requests all of them
record RecordedSession(List<Request> requests) {
    /// One request.
    ///
    /// @param connection number of the connection that it came on, from 0
    /// @param bytes header and body
    record Request(int connection, byte[] bytes) {
        RequestHeader header() {
            return RequestHeader.parse(ByteBuffer.wrap(bytes));
        }

        private String line() {
            RequestHeader header = header();
            return connection
                    + " "
                    + header.apiKey().name
                    + " "
                    + header.apiVersion()
                    + " "
                    + HexFormat.of().formatHex(bytes);
        }
    }

    /// Reads a file that is a resource beside this class.
    static RecordedSession resource(String name) throws IOException {
        try (var in = RecordedSession.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            var requests = new ArrayList<Request>();
            new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> requests.add(parse(line)));
            return new RecordedSession(requests);
        }
    }

    private static Request parse(String line) {
        String[] words = line.split(" ", -1);
        return new Request(
                Integer.parseInt(words[0]), HexFormat.of().parseHex(words[words.length - 1]));
    }

    /// Writes a file.
    ///
    /// @param comment lines that say where it comes from
    void write(Path file, String comment) throws IOException {
        var lines = new ArrayList<String>();
        comment.lines().forEach(line -> lines.add("# " + line));
        requests.forEach(request -> lines.add(request.line()));
        Files.write(file, lines, StandardCharsets.US_ASCII);
    }
}
