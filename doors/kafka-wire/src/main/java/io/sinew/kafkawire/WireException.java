package io.sinew.kafkawire;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;

/// Bytes that are not the message they claim to be, or a message that cannot be put into bytes. The
/// code says which: `INVALID_REQUEST` for bytes, `UNSUPPORTED_VERSION` for a version that is not
/// served or cannot carry a field's value, `INTERNAL_ERROR` for a value that no version can carry.
///
/// After a refused read the frame is lost, and with it the place where the next begins: close the
/// connection.
public final class WireException extends SinewException {
    private static final long serialVersionUID = 1;

    private WireException(ErrorCode code, String message) {
        super(code, message);
    }

    /// What was found at `position`, counted in bytes from the start of the frame.
    static WireException malformed(int position, String found) {
        return new WireException(ErrorCode.INVALID_REQUEST, "byte " + position + ": " + found);
    }

    static WireException unencodable(String message) {
        return new WireException(ErrorCode.INTERNAL_ERROR, message);
    }

    static WireException notServed(String message, int version) {
        return new WireException(
                ErrorCode.UNSUPPORTED_VERSION, message + " version " + version + " is not served");
    }

    static WireException cannotCarry(String field, int version) {
        return new WireException(
                ErrorCode.UNSUPPORTED_VERSION,
                field + " is set, but version " + version + " of the message has no such field");
    }
}
