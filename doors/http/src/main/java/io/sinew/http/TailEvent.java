package io.sinew.http;

import io.sinew.topics.StoredRecord;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// An event of a topic's tails, as its bytes are sent (WHATWG HTML, server-sent events), and a link
/// to the one behind it. Made once for all tails. When it has left the window it has neither bytes
/// nor link any more, so that a tail which still stands at it holds nothing else in memory.
final class TailEvent {
    /// Where an event is in its topic, and what it says.
    ///
    /// @param nextOffset of the partition, behind what the event tells of
    /// @param text all of it but the id
    record Said(int partition, long nextOffset, byte[] text) {
        /// A record.
        static Said record(int partition, StoredRecord record) {
            byte[] json = JsonText.write(out -> TopicRecordJson.write(out, partition, record));
            return new Said(partition, record.offset() + 1, join(ascii("data: "), json, END));
        }

        /// Records that were deleted before they could be told.
        static Said gap(int partition, long from, long to) {
            byte[] json =
                    JsonText.write(out -> {
                        out.writeNumberProperty("partition", partition);
                        out.writeNumberProperty("fromOffset", from);
                        out.writeNumberProperty("toOffset", to);
                    });
            return new Said(partition, to, join(ascii("event: gap\ndata: "), json, END));
        }
    }

    private static final byte[] END = {'\n', '\n'};

    private final int partition;
    private final long nextOffset;
    private final int idBytes;
    private volatile byte @Nullable [] bytes;
    private volatile @Nullable TailEvent next;

    private TailEvent(int partition, long nextOffset, int idBytes, byte[] bytes) {
        this.partition = partition;
        this.nextOffset = nextOffset;
        this.idBytes = idBytes;
        this.bytes = bytes;
    }

    /// What is in front of the first one.
    static TailEvent before() {
        return new TailEvent(0, 0, 0, new byte[0]);
    }

    /// @param after how far the feed has come with it
    static TailEvent of(Said said, TailPositions after) {
        byte[] id = id(after);
        byte[] bytes = join(id, said.text());
        return new TailEvent(said.partition(), said.nextOffset(), id.length, bytes);
    }

    static byte[] id(TailPositions after) {
        return ascii("id: " + after + "\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] join(byte[]... parts) {
        int size = 0;
        for (byte[] part : parts) {
            size += part.length;
        }
        var all = new byte[size];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    int partition() {
        return partition;
    }

    long nextOffset() {
        return nextOffset;
    }

    /// How many of its bytes are its id.
    int idBytes() {
        return idBytes;
    }

    /// Null when it has left the window.
    byte @Nullable [] bytes() {
        return bytes;
    }

    boolean isGone() {
        return bytes == null;
    }

    @Nullable TailEvent next() {
        return next;
    }

    void append(TailEvent event) {
        next = event;
    }

    int sizeBytes() {
        byte[] kept = bytes;
        return kept == null ? 0 : kept.length;
    }

    void drop() {
        // In this order: who finds no link asks then whether it is gone.
        bytes = null;
        next = null;
    }
}
