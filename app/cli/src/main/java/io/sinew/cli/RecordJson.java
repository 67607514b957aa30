package io.sinew.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// A record as one line of JSON.
final class RecordJson {
    private RecordJson() {}

    static String line(ConsumerRecord<byte[], byte[]> record) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        object.put("topic", record.topic());
        object.put("partition", record.partition());
        object.put("offset", record.offset());
        object.put("timestamp", Instant.ofEpochMilli(record.timestamp()).toString());
        put(object, "key", record.key());
        put(object, "value", record.value());
        var headers = new ArrayList<Map<String, @Nullable Object>>();
        for (Header header : record.headers()) {
            var one = new LinkedHashMap<String, @Nullable Object>();
            one.put("name", header.key());
            put(one, "value", header.value());
            headers.add(one);
        }
        object.put("headers", headers);
        return Json.line(object);
    }

    private static void put(
            Map<String, @Nullable Object> object, String field, byte @Nullable [] bytes) {
        if (bytes == null) {
            object.put(field, null);
            return;
        }
        Optional<String> text = text(bytes);
        if (text.isPresent()) {
            object.put(field, text.get());
        } else {
            object.put(field + "Base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    /// Text, if the bytes are valid UTF-8.
    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
