package io.sinew.base;

import java.io.IOException;
import java.io.SyncFailedException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// No space, or no quota, left. The JDK has no type of its own for it, only the system's words.
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1;

    public DiskFullException(String message) {
        super(message);
    }

    /// What a failed write is to be reported as. The system's words are in the language of its
    /// user; the space that is left is not.
    ///
    /// @param usableBytes what could still be written a moment later
    /// @param wantedBytes what had not been written
    static IOException whereThatIsTheReason(
            IOException failure, long usableBytes, long wantedBytes) {
        if (isCause(failure) || usableBytes >= wantedBytes) {
            return failure;
        }
        var full = new DiskFullException(String.valueOf(failure.getMessage()));
        full.initCause(failure);
        return full;
    }

    /// Whether `failure` is a write that may be repeated once there is space. A failed sync never
    /// is one, whatever its reason.
    public static boolean isCause(IOException failure) {
        if (failure instanceof DiskFullException) {
            return true;
        }
        @Nullable String message = failure.getMessage();
        if (message == null || failure instanceof SyncFailedException) {
            return false;
        }
        String words = message.toLowerCase(Locale.ROOT);
        return words.contains("no space left") || words.contains("quota exceeded");
    }
}
