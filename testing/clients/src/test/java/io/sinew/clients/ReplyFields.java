package io.sinew.clients;

import io.sinew.kafkawire.BufferRecords;
import io.sinew.kafkawire.Message;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// An answer as a flat list of its fields, made comparable: what two brokers can't have in common
/// (ids, ports, the time, how long something took) is replaced by a word for it, and the elements
/// of a list are known by what they are about, because their order means nothing.
///
/// `topics[orders].partitions[0].errorCode` → `0`
final class ReplyFields {
    /// Fields that tell what an element of a list is about, the first of them that it has.
    private static final List<String> LABELS =
            List.of(
                    "name",
                    "topic",
                    "topicId",
                    "groupId",
                    "transactionalId",
                    "memberId",
                    "resourceName",
                    "producerId",
                    "entity",
                    "entityType",
                    "key",
                    "apiKey",
                    "partitionIndex",
                    "partition",
                    "index",
                    "nodeId",
                    "brokerId",
                    "batchIndex");

    /// Times: what is later than this, and the same for all clocks that are right.
    private static final long YEAR_2020_MS = 1_577_836_800_000L;

    // Of batches: where the records begin, and in control batches the type of the marker.
    private static final int HEADER_BYTES = 61;
    private static final int CONTROL = 0x20;
    private static final int MARKER_TYPE = 61 + 7;

    private static final Set<String> PORTS = Set.of("port");
    private static final Set<String> MESSAGES = Set.of("errorMessage", "batchIndexErrorMessage");
    private static final Set<String> TEXTS = Set.of("documentation", "clusterId", "logDir");
    private static final Set<String> IDS = Set.of("producerId", "sessionId");
    private static final Set<String> SIZES = Set.of("partitionSize", "totalBytes", "usableBytes");
    private static final Set<String> LEFT_OUT = Set.of("throttleTimeMs");

    private final Told told;
    private final SortedMap<String, String> fields = new TreeMap<>();

    private ReplyFields(Told told) {
        this.told = told;
    }

    /// @param told by the broker that answered
    static SortedMap<String, String> of(Message reply, Told told) {
        var flat = new ReplyFields(told);
        flat.addStruct("", reply);
        return flat.fields;
    }

    private void addStruct(String path, Object struct) {
        for (Field field : struct.getClass().getFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !LEFT_OUT.contains(field.getName())) {
                add(path.isEmpty() ? field.getName() : path + "." + field.getName(), field, struct);
            }
        }
    }

    private void add(String path, Field field, Object struct) {
        Object value = valueOf(field, struct);
        switch (value) {
            case null -> fields.put(path, "null");
            case List<?> list -> addList(path, list);
            case BufferRecords records -> fields.put(path, describe(records.bytes()));
            case byte[] bytes -> fields.put(path, bytes.length + " bytes");
            case UUID id -> fields.put(path, describe(id));
            case Number number -> fields.put(path, describe(field.getName(), number));
            case Boolean bool -> fields.put(path, bool.toString());
            case String text -> fields.put(path, describe(field.getName(), text));
            default -> addStruct(path, value);
        }
    }

    private static @Nullable Object valueOf(Field field, Object struct) {
        try {
            return field.get(struct);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("fields of messages are public", e);
        }
    }

    private void addList(String path, List<?> list) {
        fields.put(path + ".size", Integer.toString(list.size()));
        var seen = new HashMap<String, Integer>();
        for (Object element : list) {
            String label = label(element);
            int before = seen.merge(label, 1, Integer::sum);
            String place = path + "[" + label + (before == 1 ? "" : "#" + before) + "]";
            if (element instanceof String || element instanceof Number) {
                fields.put(place, "there");
            } else {
                fields.put(place, "there");
                addStruct(place, element);
            }
        }
    }

    private String label(Object element) {
        if (element instanceof String || element instanceof Number) {
            return element.toString();
        }
        for (String name : LABELS) {
            for (Field field : element.getClass().getFields()) {
                Object value = field.getName().equals(name) ? valueOf(field, element) : null;
                if (value instanceof UUID id) {
                    return describe(id);
                }
                if (value instanceof List<?> parts) {
                    return parts.stream().map(this::parts).collect(Collectors.joining(", "));
                }
                if (value != null && !value.equals("")) {
                    return told.wordFor(value).orElse(value.toString());
                }
            }
        }
        return "";
    }

    private String describe(UUID id) {
        return id.equals(Message.ZERO_UUID) ? "no id" : told.wordFor(id).orElse("an id");
    }

    private String describe(String name, Number number) {
        long value = number.longValue();
        if (PORTS.contains(name)) {
            return "a port";
        }
        if (value > YEAR_2020_MS && value < 2 * YEAR_2020_MS) {
            return "a time";
        }
        if ((IDS.contains(name) || SIZES.contains(name)) && value > 0) {
            return told.wordFor(value).orElse("positive");
        }
        return number.toString();
    }

    private String describe(String name, String text) {
        if (MESSAGES.contains(name) || TEXTS.contains(name)) {
            return text.isEmpty() ? "no text" : "a text";
        }
        return told.wordFor(text).orElse(text);
    }

    /// What something without a name consists of.
    private String parts(Object struct) {
        return Stream.of(struct.getClass().getFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .map(field -> String.valueOf(valueOf(field, struct)))
                .collect(Collectors.joining(" "));
    }

    /// One batch after the other, without what the brokers choose: producers' ids, the leader's
    /// epoch, their own time.
    private static String describe(ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return "no records";
        }
        var batches = new ArrayList<String>();
        int at = bytes.position();
        while (bytes.limit() - at >= HEADER_BYTES) {
            int size = 12 + bytes.getInt(at + 8);
            int attributes = bytes.getShort(at + 21);
            String place = bytes.getLong(at) + "+" + bytes.getInt(at + 57);
            int there = Math.min(size, bytes.limit() - at) - HEADER_BYTES;
            String inside =
                    (attributes & CONTROL) == 0
                            ? checksum(bytes.slice(at + HEADER_BYTES, there))
                            : bytes.getShort(at + MARKER_TYPE) == 1 ? "commit" : "abort";
            batches.add("%s %x %s".formatted(place, attributes, inside));
            at += size;
        }
        return batches.toString();
    }

    private static String checksum(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return bytes.capacity() + " bytes " + Long.toHexString(crc.getValue());
    }
}
