package io.sinew.sim;

import io.sinew.groups.GroupBytes;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What consumers of the classic protocol tell each other, in version 1 of Kafka's
/// `ConsumerProtocolSubscription` and `ConsumerProtocolAssignment`.
final class ConsumerBytes {
    private static final int VERSION = 1;
    private static final int NO_BYTES = -1;

    private ConsumerBytes() {}

    private interface Part {
        void writeTo(DataOutputStream out) throws IOException;
    }

    /// Of a consumer that works on nothing.
    static GroupBytes subscription(List<String> topics) {
        return bytes(out -> {
            out.writeInt(topics.size());
            for (String topic : topics) {
                text(out, topic);
            }
            out.writeInt(NO_BYTES);
            out.writeInt(0);
        });
    }

    /// @param partitions their numbers, by the names of their topics
    static GroupBytes assignment(SortedMap<String, List<Integer>> partitions) {
        return bytes(out -> {
            out.writeInt(partitions.size());
            for (var topic : partitions.entrySet()) {
                text(out, topic.getKey());
                out.writeInt(topic.getValue().size());
                for (int index : topic.getValue()) {
                    out.writeInt(index);
                }
            }
            out.writeInt(NO_BYTES);
        });
    }

    private static GroupBytes bytes(Part part) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeShort(VERSION);
            part.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return GroupBytes.of(bytes.toByteArray());
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(bytes.length);
        out.write(bytes);
    }

    /// Numbers of partitions by the names of their topics.
    static SortedMap<String, List<Integer>> partitions(GroupBytes assignment) {
        var partitions = new TreeMap<String, List<Integer>>();
        ByteBuffer in = ByteBuffer.wrap(assignment.toArray());
        if (!in.hasRemaining()) {
            return partitions;
        }
        in.getShort();
        int topics = in.getInt();
        for (int i = 0; i < topics; i++) {
            var name = new byte[in.getShort()];
            in.get(name);
            var indexes = new ArrayList<Integer>();
            for (int left = in.getInt(); left > 0; left--) {
                indexes.add(in.getInt());
            }
            partitions.put(new String(name, StandardCharsets.UTF_8), indexes);
        }
        return partitions;
    }
}
