package io.sinew.tidy;

import java.util.List;
import java.util.Set;

/// A member that may not be used, what to use instead, and the folders where it may be used.
///
/// @param types simple names of the types it belongs to; empty for any
record Ban(Set<String> types, String member, String instead, List<String> allowedUnder) {
    static Ban of(String type, String member, String instead, String... allowedUnder) {
        return new Ban(Set.of(type), member, instead, List.of(allowedUnder));
    }

    boolean covers(String type, String name) {
        return member.equals(name) && (types.isEmpty() || types.contains(type));
    }

    boolean allows(String path) {
        return allowedUnder.stream().anyMatch(path::startsWith);
    }
}
