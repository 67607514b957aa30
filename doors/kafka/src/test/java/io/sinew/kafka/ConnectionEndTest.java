package io.sinew.kafka;

import io.sinew.base.Clock;
import io.sinew.base.Metrics;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsRequest;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.OffsetFetchResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// However it ends, a connection ends whole: the socket, the reader and the writer.
class ConnectionEndTest {
    private static final DoorLimits LIMITS =
            new DoorLimits(1 << 20, 10, 600_000, 2, 600_000, 8 << 20, 1 << 20);

    /// More requests than may be in flight, so that the reader waits for room.
    private static final int MANY = 3 * LIMITS.maxInFlight();

    private ServerSocketChannel server;

    @BeforeEach
    void open() throws Exception {
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    /// Has a client send requests to a connection that replies like this, and sees all of it end.
    private void assertEnds(Handler<ApiVersionsRequest> handler) throws Exception {
        var apis = new Apis().with(ApiKey.API_VERSIONS, ApiVersionsRequest.class, handler);
        try (var client = RawClient.to((InetSocketAddress) server.getLocalAddress())) {
            var context =
                    new DoorContext(
                            apis,
                            new RequestBuffers(LIMITS.requestBufferBytes()),
                            LIMITS,
                            new DoorCounts(new Metrics()),
                            (_, _, _) -> 0,
                            Clock.system());
            var connection = new Connection(server.accept(), context);
            for (int i = 0; i < MANY; i++) {
                client.sendUnanswered(ApiKey.API_VERSIONS, 3, Requests.apiVersions());
            }
            Thread serving = Thread.ofVirtual().start(connection::serve);
            client.awaitClosed();
            serving.join();
        }
    }

    /// A reply that is in order, unless overridden.
    private static class Fine implements Reply {
        @Override
        public Optional<Message> await() {
            return Optional.empty();
        }
    }

    @Test
    void an_error_in_a_handler_ends_its_connection() throws Exception {
        assertEnds((_, _) -> {
            throw new StackOverflowError("handled too deeply");
        });
    }

    @Test
    void an_error_in_a_reply_ends_its_connection() throws Exception {
        assertEnds((_, _) ->
                new Fine() {
                    @Override
                    public Optional<Message> await() {
                        throw new StackOverflowError("replied too deeply");
                    }
                });
    }

    @Test
    void a_reply_that_cannot_be_closed_ends_its_connection() throws Exception {
        assertEnds((_, _) ->
                new Fine() {
                    @Override
                    public void close() {
                        throw new IllegalStateException("not closed");
                    }
                });
    }

    @Test
    void an_answer_that_cannot_be_encoded_ends_its_connection() throws Exception {
        var unencodable = new OffsetFetchResponse();
        unencodable.groups.add(new OffsetFetchResponse.OffsetFetchResponseGroup());
        assertEnds((_, _) -> Reply.now(unencodable));
    }
}
