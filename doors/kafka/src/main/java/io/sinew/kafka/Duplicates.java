package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/// The things that one request names more than once, where that means that it is wrong: nothing is
/// done about any of them.
record Duplicates(Set<Object> named) {
    static Duplicates among(Stream<?> all) {
        var seen = new HashSet<>();
        var twice = new HashSet<>();
        all.forEach(one -> {
            if (!seen.add(one)) {
                twice.add(one);
            }
        });
        return new Duplicates(twice);
    }

    /// @throws SinewException `INVALID_REQUEST`
    void refuse(Object one) {
        if (named.contains(one)) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "The request names " + one + " more than once.");
        }
    }
}
