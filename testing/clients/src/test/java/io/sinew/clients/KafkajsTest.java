package io.sinew.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ForkedSinew;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A recorded session of kafkajs, played to a fresh server request by request: each answer is one
/// that kafka-clients can decode, and without an error. Only the member id that the server hands
/// out differs between the recording and now; it is exchanged.
class KafkajsTest {
    static final String RECORDING = "kafkajs-2.2.4.session";

    /// What the session writes, a third of it compressed, and reads again.
    private static final long RECORDS = 60;

    @TempDir Path folder;

    @Test
    void every_request_of_a_recorded_session_is_answered_without_an_error() throws Exception {
        RecordedSession session = RecordedSession.resource(RECORDING);
        try (var sinew = ForkedSinew.start(folder);
                var replay = new Replay(sinew)) {
            for (RecordedSession.Request request : session.requests()) {
                replay.play(request);
            }
            assertThat(replay.seen)
                    .contains(
                            ApiKeys.CREATE_TOPICS,
                            ApiKeys.PRODUCE,
                            ApiKeys.INIT_PRODUCER_ID,
                            ApiKeys.JOIN_GROUP,
                            ApiKeys.SYNC_GROUP,
                            ApiKeys.HEARTBEAT,
                            ApiKeys.FETCH,
                            ApiKeys.OFFSET_COMMIT,
                            ApiKeys.LEAVE_GROUP,
                            ApiKeys.OFFSET_FETCH);
            assertThat(replay.fetched)
                    .hasSize(2)
                    .allSatisfy((partition, offset) -> {
                        assertThat(offset).isEqualTo(RECORDS / 2);
                    });
            assertThat(replay.committed).isEqualTo(RECORDS);
        }
    }

    /// One playing of the recording.
    private static final class Replay implements AutoCloseable {
        private final ForkedSinew sinew;
        private final Map<Integer, Socket> connections = new HashMap<>();
        private final Set<ApiKeys> seen = new HashSet<>();

        /// Offset behind the last record that came, by partition.
        private final Map<Integer, Long> fetched = new TreeMap<>();

        /// Sum of the offsets that the last answer to a question for committed ones named.
        private long committed;

        private String recordedMemberId = "";
        private String memberId = "";

        Replay(ForkedSinew sinew) {
            this.sinew = sinew;
        }

        void play(RecordedSession.Request request) throws IOException {
            RequestHeader header = request.header();
            seen.add(header.apiKey());
            if (header.apiKey() == ApiKeys.JOIN_GROUP) {
                recordedMemberId = memberIdOf(request);
            }
            byte[] answer = exchange(request.connection(), withMemberId(request.bytes()));
            AbstractResponse response =
                    AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header);
            if (response instanceof JoinGroupResponse join && recordedMemberId.isEmpty()) {
                assertThat(join.error()).isEqualTo(Errors.MEMBER_ID_REQUIRED);
                memberId = join.data().memberId();
                return;
            }
            assertThat(response.errorCounts().keySet())
                    .as("%s %s", header, response)
                    .isSubsetOf(Errors.NONE);
            note(response, header.apiVersion());
        }

        private static String memberIdOf(RecordedSession.Request request) {
            RequestHeader header = request.header();
            ByteBuffer body = ByteBuffer.wrap(request.bytes());
            body.position(header.size());
            var join =
                    (JoinGroupRequest)
                            AbstractRequest.parseRequest(
                                            ApiKeys.JOIN_GROUP,
                                            header.apiVersion(),
                                            new ByteBufferAccessor(body))
                                    .request;
            return join.data().memberId();
        }

        /// Both ids have the client's name and a UUID, so they are of one length.
        private byte[] withMemberId(byte[] request) {
            if (recordedMemberId.isEmpty()) {
                return request;
            }
            assertThat(memberId).hasSameSizeAs(recordedMemberId);
            String text = new String(request, StandardCharsets.ISO_8859_1);
            return text.replace(recordedMemberId, memberId).getBytes(StandardCharsets.ISO_8859_1);
        }

        private byte[] exchange(int connection, byte[] request) throws IOException {
            Socket socket = connections.get(connection);
            if (socket == null) {
                socket = new Socket(sinew.address().getAddress(), sinew.address().getPort());
                connections.put(connection, socket);
            }
            var out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(request.length);
            out.write(request);
            out.flush();
            var in = new DataInputStream(socket.getInputStream());
            return in.readNBytes(in.readInt());
        }

        private void note(AbstractResponse response, short version) {
            if (response instanceof FetchResponse fetch) {
                fetch.responseData(Map.of(), version)
                        .forEach((partition, data) -> {
                            ((MemoryRecords) data.records())
                                    .records()
                                    .forEach(record ->
                                            fetched.put(
                                                    partition.partition(), record.offset() + 1));
                        });
            } else if (response instanceof OffsetFetchResponse offsets) {
                committed =
                        offsets.data().topics().stream()
                                .flatMap(topic -> topic.partitions().stream())
                                .mapToLong(partition -> partition.committedOffset())
                                .sum();
            }
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : connections.values()) {
                socket.close();
            }
        }
    }
}
