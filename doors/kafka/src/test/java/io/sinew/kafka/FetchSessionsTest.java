package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.FetchResponse;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
    private static final int MAX_SESSIONS = 3;
    private static final int MAX_PARTITIONS = 10;
    private static final UUID TOPIC = new UUID(1, 1);

    private final HandClock clock = new HandClock();
    private final FetchSessions sessions = new FetchSessions(clock, MAX_SESSIONS, MAX_PARTITIONS);

    private static final class HandClock implements Clock {
        private long nowMs;

        @Override
        public long nowMs() {
            return nowMs;
        }

        @Override
        public long nanos() {
            return TimeUnit.MILLISECONDS.toNanos(nowMs);
        }
    }

    private static FetchRequest request(int sessionId, int epoch, int firstPartition, int count) {
        var request = new FetchRequest();
        request.sessionId = sessionId;
        request.sessionEpoch = epoch;
        var topic = new FetchRequest.FetchTopic();
        topic.topicId = TOPIC;
        for (int i = 0; i < count; i++) {
            topic.partitions.add(Requests.fetchPartition(firstPartition + i, 0));
        }
        request.topics.add(topic);
        return request;
    }

    private int begin(int partitions) {
        return sessions.of(request(0, 0, 0, partitions)).orElseThrow().id();
    }

    private void assertGone(int id, int epoch) {
        assertThatThrownBy(() -> sessions.of(request(id, epoch, 0, 0)))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND));
    }

    @Test
    void a_session_in_use_is_never_ended_for_a_new_one() {
        int oldest = begin(1);
        for (int i = 1; i < MAX_SESSIONS; i++) {
            begin(1);
        }
        clock.nowMs += FetchSessions.UNUSED_MS - 1;
        assertThat(sessions.of(request(0, 0, 0, 1))).isEmpty();
        assertThat(sessions.of(request(oldest, 1, 0, 0))).isPresent();
    }

    @Test
    void a_session_that_was_long_unused_makes_room_and_one_that_was_used_meanwhile_stays() {
        int first = begin(1);
        int second = begin(1);
        begin(1);
        clock.nowMs += FetchSessions.UNUSED_MS / 2;
        sessions.of(request(first, 1, 0, 0));
        clock.nowMs += FetchSessions.UNUSED_MS / 2;
        assertThat(sessions.of(request(0, 0, 0, 1))).isPresent();
        assertGone(second, 1);
        assertThat(sessions.of(request(first, 2, 0, 0))).isPresent();
    }

    @Test
    void all_sessions_together_have_a_bounded_number_of_partitions() {
        int first = begin(MAX_PARTITIONS - 2);
        assertThat(sessions.of(request(0, 0, 0, 3))).isEmpty();
        int second = begin(2);
        sessions.of(request(first, -1, 0, 0));
        // The same partitions again are no more of them.
        assertThat(sessions.of(request(second, 1, 0, 2))).isPresent();
        assertThat(sessions.of(request(0, 0, 0, MAX_PARTITIONS - 2))).isPresent();
    }

    @Test
    void a_session_that_outgrows_the_bound_ends_and_gives_its_room_back() {
        int session = begin(MAX_PARTITIONS);
        assertGone(session + 1, 1);
        assertThatThrownBy(() -> sessions.of(request(session, 1, MAX_PARTITIONS, 1)))
                .isInstanceOf(SinewException.class);
        assertGone(session, 2);
        assertThat(sessions.of(request(0, 0, 0, MAX_PARTITIONS + 1))).isEmpty();
        begin(MAX_PARTITIONS);
    }

    @Test
    void sessions_of_one_start_are_not_taken_for_those_of_another() {
        var others = new FetchSessions(clock, MAX_SESSIONS, MAX_PARTITIONS);
        assertThat(others.of(request(0, 0, 0, 1)).orElseThrow().id()).isNotEqualTo(begin(1));
    }

    @Test
    void epochs_go_round_without_the_first_and_the_final_one() {
        assertThat(FetchSession.epochAfter(1)).isEqualTo(2);
        assertThat(FetchSession.epochAfter(Integer.MAX_VALUE)).isEqualTo(1);
    }

    @Test
    void where_a_log_diverges_is_news_each_time() {
        var session = new FetchSession(1);
        session.update(request(0, 0, 0, 1));
        var key = new FetchKey(TOPIC, "", 0);
        var data = new FetchResponse.PartitionData();
        assertThat(session.tell(key, data, true)).isTrue();
        assertThat(session.tell(key, data, false)).isFalse();
        data.divergingEpoch.epoch = 3;
        assertThat(session.tell(key, data, false)).isTrue();
        assertThat(session.tell(key, data, false)).isTrue();
    }
}
