package io.sinew.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// What the suites need of an engine's test class, and what they share. Offsets may have gaps
/// between two appends or commits (a Kafka transaction's end takes one), so no test counts on there
/// being none.
public interface EngineUnderTest {
    /// How long to wait for what must happen.
    Duration PATIENCE = Duration.ofSeconds(60);

    /// A moment in the past, in ms since 1970, that no engine finds wrong.
    long LONG_AGO_MS = 1_600_000_000_000L;

    AtomicInteger TOPICS_NAMED = new AtomicInteger();

    /// The engine that is tested. The same one until [#reopen].
    Engine engine();

    /// An engine on the same topics, as another process has it; the same engine where only one
    /// process can have them. The test class closes it.
    Engine other();

    /// Closes the engine, and what it stores topics in if that is in this process, and opens it
    /// again.
    void reopen() throws Exception;

    /// The time by which the engine stamps records, in ms since 1970.
    long nowMs();

    /// Something that may fail.
    interface Act {
        void run() throws Exception;
    }

    /// Something that goes on beside the test.
    interface Beside {
        /// Waits until it is over.
        ///
        /// @throws Exception what it failed with
        void await() throws Exception;
    }

    /// Lets something happen while the test goes on to its next call that blocks. An engine with
    /// one thread does it inside of that.
    default Beside meanwhile(Act act) {
        var failure = new AtomicReference<Throwable>();
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                act.run();
                            } catch (Throwable e) {
                                failure.set(e);
                            }
                        });
        return () -> {
            assertThat(thread.join(PATIENCE)).as("it ends").isTrue();
            if (failure.get() != null) {
                throw new AssertionError("what went on beside the test failed", failure.get());
            }
        };
    }

    /// Waits for what comes about sooner or later.
    default void awaitUntil(String what, Eventually.Condition condition) throws Exception {
        Eventually.await(PATIENCE, what, condition);
    }

    // ---- what the suites share

    /// A name that no topic has yet.
    static String freshName() {
        return "contract-" + TOPICS_NAMED.incrementAndGet();
    }

    /// A new topic.
    default String topic(int partitionCount, Map<String, String> settings) throws Exception {
        String name = freshName();
        engine().createTopic(name, partitionCount, settings);
        return name;
    }

    /// The partition of a new topic that has one.
    default TopicPartition partition() throws Exception {
        return new TopicPartition(topic(1, Map.of()), 0);
    }

    /// A partition of a topic that there is not.
    static TopicPartition nowhere() {
        return new TopicPartition(freshName(), 0);
    }

    static NewRecord record(String value) {
        return record(value, LONG_AGO_MS);
    }

    static NewRecord record(String value, long timestampMs) {
        return new NewRecord(bytes("key"), bytes(value), List.of(), timestampMs);
    }

    static NewRecord keyless(String value) {
        return new NewRecord(null, bytes(value), List.of(), LONG_AGO_MS);
    }

    /// A record with a value of so many bytes.
    static NewRecord ofBytes(int sizeBytes) {
        return new NewRecord(bytes("key"), new byte[sizeBytes], List.of(), LONG_AGO_MS);
    }

    static List<NewRecord> records(String... values) {
        return Arrays.stream(values).map(EngineUnderTest::record).toList();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(StoredRecord record) {
        return record.value() == null ? "" : new String(record.value(), StandardCharsets.UTF_8);
    }

    /// All records that can be read.
    default List<StoredRecord> readAll(TopicPartition partition) throws Exception {
        var all = new ArrayList<StoredRecord>();
        long next = engine().startOffset(partition);
        while (next < engine().endOffset(partition)) {
            Fetched fetched = engine().read(partition, next, 1 << 20, PATIENCE);
            assertThat(fetched.nextOffset())
                    .as("a read before the end gets on")
                    .isGreaterThan(next);
            all.addAll(fetched.records());
            next = fetched.nextOffset();
        }
        return all;
    }

    /// The values of all records that can be read, as text.
    default List<String> values(TopicPartition partition) throws Exception {
        return readAll(partition).stream().map(EngineUnderTest::text).toList();
    }

    /// Fails unless the call is refused so.
    static void assertRefused(ErrorCode code, ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).as("refused with " + code).isInstanceOf(SinewException.class);
        assertThat(((SinewException) thrown).code()).as("%s", thrown).isEqualTo(code);
    }
}
