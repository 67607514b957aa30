package io.sinew.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// What a command reads and writes, in UTF-8. Results go to `out`; what is said about the work, and
/// what went wrong, to `err`, so that a pipe gets results only.
///
/// @param out buffered: flushed at the end of a command, and whenever somebody may be waiting
record Terminal(InputStream in, PrintStream out, PrintStream err) {
    private static final int OUT_BUFFER_BYTES = 64 << 10;

    /// The terminal, files or pipes that this process was started with.
    static Terminal ofProcess() {
        var out =
                new BufferedOutputStream(
                        new FileOutputStream(FileDescriptor.out), OUT_BUFFER_BYTES);
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    /// One line about what went wrong.
    void complain(String message) {
        out.flush();
        err.println("sinew: " + message);
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
