package io.sinew.queue;

import io.sinew.ledger.MessageHeaders;
import io.sinew.topics.Header;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A message that is to be sent. Immutable: each `with…` gives another.
///
/// @param key travels with the message; no order and no identity follows from it
/// @param delay until it may be delivered
/// @param dueMs when it may be delivered, in ms since 1970, instead of a delay
/// @param ttl how long it lives; without one, as long as the queue says
/// @param priority from 0 to 9; 4 is the usual
/// @param group messages of one group are delivered in their order, one at a time
/// @param dedupeId a message with an id that was used within the queue's window is not sent again
public record NewMessage(
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        Optional<Duration> delay,
        Optional<Long> dueMs,
        Optional<Duration> ttl,
        int priority,
        Optional<String> group,
        Optional<String> dedupeId) {

    // Written out, because what javac writes into a class file for the short form does not say that
    // key and value may be null.
    public NewMessage(
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers,
            Optional<Duration> delay,
            Optional<Long> dueMs,
            Optional<Duration> ttl,
            int priority,
            Optional<String> group,
            Optional<String> dedupeId) {
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
        this.delay = delay;
        this.dueMs = dueMs;
        this.ttl = ttl;
        this.priority = priority;
        this.group = group;
        this.dedupeId = dedupeId;
    }

    /// A message of bytes that asks for nothing.
    public static NewMessage of(byte[] value) {
        return new NewMessage(
                null,
                value,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                MessageHeaders.PRIORITY_DEFAULT,
                Optional.empty(),
                Optional.empty());
    }

    /// A message of text in UTF-8.
    public static NewMessage of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public NewMessage withKey(byte[] bytes) {
        return new NewMessage(bytes, value, headers, delay, dueMs, ttl, priority, group, dedupeId);
    }

    public NewMessage withHeader(String name, String text) {
        var more = new ArrayList<Header>(headers);
        more.add(Header.of(name, text));
        return new NewMessage(key, value, more, delay, dueMs, ttl, priority, group, dedupeId);
    }

    /// Not to be delivered before so much time has passed.
    public NewMessage withDelay(Duration time) {
        return new NewMessage(
                key,
                value,
                headers,
                Optional.of(time),
                Optional.empty(),
                ttl,
                priority,
                group,
                dedupeId);
    }

    /// Not to be delivered before that time, in ms since 1970.
    public NewMessage dueAt(long ms) {
        return new NewMessage(
                key,
                value,
                headers,
                Optional.empty(),
                Optional.of(ms),
                ttl,
                priority,
                group,
                dedupeId);
    }

    public NewMessage withTtl(Duration time) {
        return new NewMessage(
                key, value, headers, delay, dueMs, Optional.of(time), priority, group, dedupeId);
    }

    public NewMessage withPriority(int number) {
        return new NewMessage(key, value, headers, delay, dueMs, ttl, number, group, dedupeId);
    }

    public NewMessage inGroup(String name) {
        return new NewMessage(
                key, value, headers, delay, dueMs, ttl, priority, Optional.of(name), dedupeId);
    }

    public NewMessage withDedupeId(String id) {
        return new NewMessage(
                key, value, headers, delay, dueMs, ttl, priority, group, Optional.of(id));
    }
}
