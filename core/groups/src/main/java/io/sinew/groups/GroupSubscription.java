package io.sinew.groups;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The topics that a consumer subscribes to, read from its join metadata. This is the one place
/// where the coordinator looks into what members tell each other, for `OffsetDelete` only. The
/// layout is version 0 of Kafka's `ConsumerProtocolSubscription`, of which every later version is
/// an extension: `version:2 count:4 (size:2 name...)...`.
final class GroupSubscription {
    private GroupSubscription() {}

    /// Empty when the metadata is of no known form.
    static Optional<Set<String>> topics(GroupBytes metadata) {
        ByteBuffer in = ByteBuffer.wrap(metadata.toArray());
        try {
            if (in.getShort() < 0) {
                return Optional.empty();
            }
            int count = in.getInt();
            if (count < 0 || count > in.remaining() / 2) {
                return Optional.empty();
            }
            var topics = new HashSet<String>();
            for (int i = 0; i < count; i++) {
                int size = in.getShort();
                if (size < 0) {
                    return Optional.empty();
                }
                var name = new byte[size];
                in.get(name);
                topics.add(new String(name, StandardCharsets.UTF_8));
            }
            return Optional.of(topics);
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }
}
