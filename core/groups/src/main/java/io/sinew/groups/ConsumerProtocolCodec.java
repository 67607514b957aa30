package io.sinew.groups;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What consumers tell each other in the classic protocol, which the broker has to know when a
/// group changes its protocol: Kafka's `ConsumerProtocolSubscription` and
/// `ConsumerProtocolAssignment`, versions 0 to 3. Numbers are big-endian.
///
/// ```
/// subscription = version:2 topics:list of text userData:bytes?
///                owned:list of (topic:text partitions:list of 4)   (version 1 and up)
///                generation:4                                      (version 2 and up)
///                rackId:text?                                      (version 3 and up)
/// assignment   = version:2 (list of (topic:text partitions:list of 4)) userData:bytes?
/// list of x    = count:4 x...
/// text         = size:2 UTF-8...; text? may have size -1
/// bytes?       = size:4 byte...; may have size -1
/// ```
///
/// A later version is an extension of these, and read as version 3.
final class ConsumerProtocolCodec {
    private static final int VERSION_MAX = 3;

    /// What a consumer says.
    ///
    /// @param owned numbers of partitions by their topic's name
    record Subscription(
            int version,
            List<String> topics,
            Map<String, List<Integer>> owned,
            @Nullable String rackId) {}

    private ConsumerProtocolCodec() {}

    /// Empty when the bytes are of no known form.
    static Optional<Subscription> subscription(GroupBytes bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes.toArray());
        try {
            int version = version(in);
            var topics = new ArrayList<String>();
            int count = count(in, 2);
            for (int i = 0; i < count; i++) {
                topics.add(text(in));
            }
            skipBytes(in);
            Map<String, List<Integer>> owned = version >= 1 ? partitions(in) : Map.of();
            if (version >= 2) {
                in.getInt();
            }
            String rackId = version >= 3 ? nullableText(in) : null;
            return Optional.of(new Subscription(version, topics, owned, rackId));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    /// Numbers of partitions by their topic's name; empty when the bytes are of no known form, or
    /// have what an assignor added for itself.
    static Optional<Map<String, List<Integer>>> assignment(GroupBytes bytes) {
        if (bytes.sizeBytes() == 0) {
            return Optional.of(Map.of());
        }
        ByteBuffer in = ByteBuffer.wrap(bytes.toArray());
        try {
            version(in);
            Map<String, List<Integer>> partitions = partitions(in);
            return skipBytes(in) > 0 ? Optional.empty() : Optional.of(partitions);
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    /// As the consumer understands it that has spoken in this version.
    static GroupBytes assignment(Map<String, List<Integer>> partitions, int version) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeShort(version);
            out.writeInt(partitions.size());
            for (var topic : partitions.entrySet()) {
                byte[] name = topic.getKey().getBytes(StandardCharsets.UTF_8);
                out.writeShort(name.length);
                out.write(name);
                out.writeInt(topic.getValue().size());
                for (int index : topic.getValue()) {
                    out.writeInt(index);
                }
            }
            out.writeInt(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return GroupBytes.of(bytes.toByteArray());
    }

    private static int version(ByteBuffer in) {
        int version = in.getShort();
        if (version < 0) {
            throw new BufferUnderflowException();
        }
        return Math.min(version, VERSION_MAX);
    }

    private static Map<String, List<Integer>> partitions(ByteBuffer in) {
        var partitions = new LinkedHashMap<String, List<Integer>>();
        int topics = count(in, 2 + 4);
        for (int i = 0; i < topics; i++) {
            List<Integer> own = partitions.computeIfAbsent(text(in), _ -> new ArrayList<>());
            int count = count(in, 4);
            for (int each = 0; each < count; each++) {
                own.add(in.getInt());
            }
        }
        return partitions;
    }

    /// How many of something follow that takes so many bytes at least.
    private static int count(ByteBuffer in, int leastBytesEach) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / leastBytesEach) {
            throw new BufferUnderflowException();
        }
        return count;
    }

    private static String text(ByteBuffer in) {
        String text = nullableText(in);
        if (text == null) {
            throw new BufferUnderflowException();
        }
        return text;
    }

    private static @Nullable String nullableText(ByteBuffer in) {
        int size = in.getShort();
        if (size < 0) {
            return null;
        }
        var bytes = new byte[size];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// Returns how many there were.
    private static int skipBytes(ByteBuffer in) {
        int size = in.getInt();
        if (size > in.remaining()) {
            throw new BufferUnderflowException();
        }
        in.position(in.position() + Math.max(0, size));
        return Math.max(0, size);
    }
}
