package io.sinew.sim;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/// What happened, in order: a sum of all of it, and the last lines.
final class Trace {
    private static final int TAIL_LINES = 40;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final ArrayDeque<String> tail = new ArrayDeque<>();
    private final Consumer<String> reader;
    private long sum = FNV_OFFSET;

    /// @param reader gets each line at once
    Trace(Consumer<String> reader) {
        this.reader = reader;
    }

    void add(String line) {
        mix(line);
        reader.accept(line);
        if (tail.size() == TAIL_LINES) {
            tail.removeFirst();
        }
        tail.addLast(line);
    }

    /// Goes into the sum only.
    void mix(String text) {
        for (int i = 0; i < text.length(); i++) {
            mix(text.charAt(i));
        }
        mix('\n');
    }

    void mix(byte[] bytes) {
        for (byte each : bytes) {
            mix(each);
        }
    }

    private void mix(int value) {
        sum = (sum ^ value) * FNV_PRIME;
    }

    /// The same for two runs only if the same happened in both (FNV-1a).
    long sum() {
        return sum;
    }

    List<String> tail() {
        return List.copyOf(tail);
    }
}
