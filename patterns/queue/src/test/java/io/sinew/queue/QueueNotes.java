package io.sinew.queue;

import io.sinew.ledger.Receipt;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// What a process that works on a queue has done, line by line in a file: the operating system has
/// each line when the call returns, so that a kill loses none.
///
/// | line | says |
/// |---|---|
/// | `sending VALUE`, `sent VALUE` | before the call, and after it returned |
/// | `got PARTITION OFFSET LEASE VALUE` | a message was delivered |
/// | `settling PARTITION OFFSET LEASE` | before an acknowledgement |
/// | `done …`, `lost …`, `refused …` | what it was answered |
final class QueueNotes implements AutoCloseable {
    private final OutputStream out;

    QueueNotes(Path file) throws IOException {
        out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    synchronized void note(String what, String rest) {
        try {
            out.write((what + " " + rest + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void note(String what, Receipt receipt) {
        note(what, text(receipt));
    }

    static String text(Receipt receipt) {
        return receipt.partition() + " " + receipt.offset() + " " + receipt.lease();
    }

    /// A line of a file.
    record Note(String what, List<String> words) {
        Receipt receipt() {
            return new Receipt(
                    Integer.parseInt(words.get(0)),
                    Long.parseLong(words.get(1)),
                    Integer.parseInt(words.get(2)));
        }
    }

    /// Reads a file that grows.
    static final class Reader {
        private final Path file;
        private long position;

        Reader(Path file) {
            this.file = file;
        }

        /// The lines that are whole and were not there the last time.
        List<Note> more() throws IOException {
            if (!Files.exists(file)) {
                return List.of();
            }
            byte[] bytes;
            try (var in = Files.newInputStream(file)) {
                in.skipNBytes(position);
                bytes = in.readAllBytes();
            }
            String text = new String(bytes, StandardCharsets.US_ASCII);
            int end = text.lastIndexOf('\n') + 1;
            position += end;
            return text.substring(0, end).lines().map(Reader::note).toList();
        }

        private static Note note(String line) {
            List<String> words = List.of(line.split(" "));
            return new Note(words.getFirst(), words.subList(1, words.size()));
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
