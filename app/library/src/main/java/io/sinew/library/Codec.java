package io.sinew.library;

import io.sinew.base.SinewException;

/// How a value of an application becomes the bytes of a message, and back.
public interface Codec<T> {
    /// The bytes of a value.
    byte[] encode(T value);

    /// The value of bytes.
    ///
    /// @throws SinewException `INVALID_RECORD`: the bytes are not such a value
    T decode(byte[] bytes);
}
