package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import org.junit.jupiter.api.Test;

/// The bound on the memory between the write-ahead log and the segments.
class WalBufferPoolTest {
    private static final int PAGE = WalV1Format.BLOCK_ALIGNMENT;

    private final WalBufferPool pool = new WalBufferPool(PAGE, 2, Clock.system());

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

    private ErrorCode waitFailure(boolean otherRoom) {
        return catchThrowableOfType(SinewException.class, () -> pool.awaitRoom(0, () -> otherRoom))
                .code();
    }
}
