package io.sinew.pubsub;

import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Records that filters are tried on. Immutable: each `with…` gives another.
record FilterRecords(Optional<String> key, Optional<String> body, List<Header> headers) {
    static FilterRecords empty() {
        return new FilterRecords(Optional.empty(), Optional.empty(), List.of());
    }

    static FilterRecords ofBody(String body) {
        return empty().withBody(body);
    }

    static FilterRecords ofHeader(String name, String value) {
        return empty().withHeader(name, value);
    }

    FilterRecords withKey(String text) {
        return new FilterRecords(Optional.of(text), body, headers);
    }

    FilterRecords withBody(String text) {
        return new FilterRecords(key, Optional.of(text), headers);
    }

    FilterRecords withHeader(String name, String value) {
        var more = new ArrayList<>(headers);
        more.add(Header.of(name, value));
        return new FilterRecords(key, body, more);
    }

    StoredRecord stored() {
        return new StoredRecord(
                0,
                0,
                key.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null),
                body.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null),
                headers);
    }

    boolean passes(String filter) {
        return Filter.parse(filter).matches(stored());
    }
}
