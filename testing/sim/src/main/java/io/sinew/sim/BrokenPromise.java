package io.sinew.sim;

import org.jspecify.annotations.Nullable;

/// Something that must always be true was not.
final class BrokenPromise extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenPromise(String what) {
        this(what, null);
    }

    BrokenPromise(String what, @Nullable Throwable cause) {
        super(what, cause);
    }

    static void unless(boolean kept, String what) {
        if (!kept) {
            throw new BrokenPromise(what);
        }
    }
}
