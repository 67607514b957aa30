package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.Background;
import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The bound on the memory between the write-ahead log and the segments.
class WalBufferPoolTest {
    private static final int PAGE = WalV1Format.BLOCK_ALIGNMENT;

    private final WalBufferPool pool =
            new WalBufferPool(PAGE, 2, Clock.system(), Background.threads());

    @Test
    void a_buffer_there_was_no_memory_for_is_not_in_use() {
        // Padded to whole pages it is more than an array or a buffer may hold.
        assertThatThrownBy(() -> pool.take(Integer.MAX_VALUE)).isInstanceOf(Exception.class);
        assertThat(pool.held()).isZero();
        pool.take(PAGE).release();
        assertThat(pool.held()).isZero();
    }

    @Test
    void nobody_waits_while_there_is_room() throws Exception {
        WalBuffer first = pool.take(PAGE);
        pool.awaitRoom(0, () -> true);
        WalBuffer second = pool.take(PAGE);
        assertThat(waitFailure(true)).isEqualTo(ErrorCode.TIMED_OUT);
        first.release();
        pool.awaitRoom(0, () -> true);
        assertThat(waitFailure(false)).isEqualTo(ErrorCode.TIMED_OUT);
        second.release();
    }

    @Test
    void what_is_reserved_is_room_no_longer_and_the_bound_is_passed_by_one_at_most()
            throws Exception {
        long large = pool.reserve(PAGE - 1, 0, () -> true);
        long larger = pool.reserve(9 * PAGE, 0, () -> true);
        assertThat(waitFailure(true)).isEqualTo(ErrorCode.TIMED_OUT);
        pool.unreserve(larger);
        long small = pool.reserve(100, 0, () -> true);
        WalBuffer taken = pool.take(PAGE);
        assertThat(waitFailure(true)).isEqualTo(ErrorCode.TIMED_OUT);
        pool.unreserve(large);
        pool.unreserve(small);
        pool.awaitRoom(0, () -> true);
        taken.release();
        WalBuffer first = pool.take(PAGE);
        WalBuffer second = pool.take(PAGE);
        assertThat(waitFailure(true)).isEqualTo(ErrorCode.TIMED_OUT);
        first.release();
        second.release();
    }

    @Test
    void who_waits_for_a_reservation_gets_it_when_another_ends() throws Exception {
        long first = pool.reserve(PAGE, 0, () -> true);
        long second = pool.reserve(PAGE, 0, () -> true);
        var third = new FutureTask<>(() -> pool.reserve(PAGE, 20_000, () -> true));
        Thread thread = Thread.ofPlatform().start(third);
        while (thread.getState() != Thread.State.TIMED_WAITING
                && thread.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
        pool.unreserve(first);
        pool.unreserve(third.get());
        pool.unreserve(second);
    }

    @Test
    void reservations_of_many_threads_never_pass_the_bound() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var reserved = new AtomicInteger();
            var tasks = new ArrayList<Future<?>>();
            for (int i = 0; i < 50; i++) {
                tasks.add(
                        threads.submit(() -> {
                            for (int round = 0; round < 200; round++) {
                                long claim = pool.reserve(PAGE, 20_000, () -> true);
                                assertThat(reserved.incrementAndGet()).isLessThanOrEqualTo(2);
                                reserved.decrementAndGet();
                                pool.unreserve(claim);
                            }
                            return null;
                        }));
            }
            for (Future<?> task : tasks) {
                task.get();
            }
        }
    }

    private ErrorCode waitFailure(boolean otherRoom) {
        assertThat(
                        catchThrowableOfType(
                                        SinewException.class,
                                        () -> pool.reserve(1, 0, () -> otherRoom))
                                .code())
                .isEqualTo(ErrorCode.TIMED_OUT);
        return catchThrowableOfType(SinewException.class, () -> pool.awaitRoom(0, () -> otherRoom))
                .code();
    }
}
