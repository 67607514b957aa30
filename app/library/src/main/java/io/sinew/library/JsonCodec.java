package io.sinew.library;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// Values as JSON, by Jackson: records, lists, maps, text and numbers.
public final class JsonCodec<T> implements Codec<T> {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Class<T> type;

    public JsonCodec(Class<T> type) {
        this.type = type;
    }

    @Override
    public byte[] encode(T value) {
        return JSON.writeValueAsBytes(value);
    }

    @Override
    public T decode(byte[] bytes) {
        try {
            return JSON.readValue(bytes, type);
        } catch (JacksonException e) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD,
                    "The message is no " + type.getSimpleName() + ": " + e.getOriginalMessage(),
                    e);
        }
    }
}
