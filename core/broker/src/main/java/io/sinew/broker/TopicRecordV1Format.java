package io.sinew.broker;

import io.sinew.base.SinewException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// Topic records as bytes, version 1; numbers and text as [StateBytes] has them.
///
/// ```
/// version i8 (1) | kind i8 | topic id 16 B | then by kind:
///   1 created           name text, partitions i32, settings
///   2 partitions added  partitions i32
///   3 settings changed  settings
///   4 deleted
/// settings: count i32, then name text and value text each
/// ```
///
/// A snapshot is `version i8 | count i32 | count records of kind 1`.
final class TopicRecordV1Format {
    private static final String WHAT = "a topic record";
    private static final int VERSION = 1;
    private static final int CREATED = 1;
    private static final int PARTITIONS_ADDED = 2;
    private static final int SETTINGS_CHANGED = 3;
    private static final int DELETED = 4;

    private TopicRecordV1Format() {}

    static byte[] encode(TopicRecord record) {
        return StateBytes.of(out -> write(out, record));
    }

    static byte[] encodeSnapshot(Collection<Topic> topics) {
        return StateBytes.of(out -> {
            out.writeByte(VERSION);
            out.writeInt(topics.size());
            for (Topic topic : topics) {
                write(out, new TopicRecord.Created(topic));
            }
        });
    }

    /// @throws SinewException `DAMAGED_DATA`
    static TopicRecord decode(byte[] bytes) {
        return StateBytes.read(bytes, WHAT, TopicRecordV1Format::readRecord);
    }

    /// @throws SinewException `DAMAGED_DATA`
    static List<TopicRecord> decodeSnapshot(byte[] bytes) {
        return StateBytes.read(
                bytes,
                WHAT,
                in -> {
                    StateBytes.requireVersion(in, VERSION);
                    int count = in.readInt();
                    var records = new ArrayList<TopicRecord>();
                    for (int i = 0; i < count; i++) {
                        records.add(readRecord(in));
                    }
                    return records;
                });
    }

    private static void write(DataOutputStream out, TopicRecord record) throws IOException {
        out.writeByte(VERSION);
        switch (record) {
            case TopicRecord.Created(Topic topic) -> {
                writeHead(out, CREATED, topic.id());
                out.writeUTF(topic.name());
                out.writeInt(topic.partitionCount());
                writeSettings(out, topic.settings());
            }
            case TopicRecord.PartitionsAdded(UUID id, int partitionCount) -> {
                writeHead(out, PARTITIONS_ADDED, id);
                out.writeInt(partitionCount);
            }
            case TopicRecord.SettingsChanged(UUID id, Map<String, String> settings) -> {
                writeHead(out, SETTINGS_CHANGED, id);
                writeSettings(out, settings);
            }
            case TopicRecord.Deleted(UUID id) -> writeHead(out, DELETED, id);
        }
    }

    private static void writeHead(DataOutputStream out, int kind, UUID id) throws IOException {
        out.writeByte(kind);
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    private static void writeSettings(DataOutputStream out, Map<String, String> settings)
            throws IOException {
        out.writeInt(settings.size());
        for (Map.Entry<String, String> setting : new TreeMap<>(settings).entrySet()) {
            out.writeUTF(setting.getKey());
            out.writeUTF(setting.getValue());
        }
    }

    private static TopicRecord readRecord(DataInputStream in) throws IOException {
        StateBytes.requireVersion(in, VERSION);
        int kind = in.readByte();
        var id = new UUID(in.readLong(), in.readLong());
        return switch (kind) {
            case CREATED ->
                    new TopicRecord.Created(
                            new Topic(id, in.readUTF(), in.readInt(), readSettings(in)));
            case PARTITIONS_ADDED -> new TopicRecord.PartitionsAdded(id, in.readInt());
            case SETTINGS_CHANGED -> new TopicRecord.SettingsChanged(id, readSettings(in));
            case DELETED -> new TopicRecord.Deleted(id);
            default -> throw new IOException("unknown kind " + kind);
        };
    }

    private static Map<String, String> readSettings(DataInputStream in) throws IOException {
        var settings = new HashMap<String, String>();
        for (int left = in.readInt(); left > 0; left--) {
            settings.put(in.readUTF(), in.readUTF());
        }
        return settings;
    }
}
