package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsResponse;
import io.sinew.kafkawire.JoinGroupRequest;
import io.sinew.kafkawire.JoinGroupResponse;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.ProduceResponse;
import io.sinew.kafkawire.WireReader;
import io.sinew.kit.Batches;
import io.sinew.kit.Eventually;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionTest {
    private static final DoorLimits LIMITS =
            new DoorLimits(1 << 20, 10, 600_000, 4, 50, 8 << 20, 1 << 20);

    @TempDir Path directory;
    private LiveDoor door;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory, LIMITS);
        door.broker().topics().create(new UUID(1, 1), "orders", 1, Map.of());
    }

    @AfterEach
    void close() throws Exception {
        door.close();
    }

    private void assertServes() throws Exception {
        try (var client = RawClient.to(door)) {
            var response =
                    client.ask(
                            ApiKey.API_VERSIONS,
                            3,
                            Requests.apiVersions(),
                            ApiVersionsResponse.class);
            assertThat(response.errorCode).isZero();
        }
    }

    @Test
    void answers_come_in_the_order_of_requests_while_appends_wait_for_the_disk() throws Exception {
        try (var client = RawClient.to(door)) {
            int rounds = 50;
            for (int i = 0; i < rounds; i++) {
                client.send(
                        ApiKey.PRODUCE, 9, Requests.produce("orders", Batches.plain().of("v" + i)));
                client.send(ApiKey.API_VERSIONS, 3, Requests.apiVersions());
            }
            for (int i = 0; i < rounds; i++) {
                ProduceResponse produced = client.receive(ProduceResponse.class);
                assertThat(produced.responses.getFirst().partitionResponses.getFirst().baseOffset)
                        .isEqualTo(i);
                client.receive(ApiVersionsResponse.class);
            }
        }
    }

    @Test
    void garbage_ends_its_connection_and_nothing_else() throws Exception {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 20; i++) {
            try (var client = RawClient.to(door)) {
                var garbage = new byte[104 + i];
                random.nextBytes(garbage);
                // As long as it says, and every other time an api and a version that are served.
                ByteBuffer frame = ByteBuffer.wrap(garbage).putInt(garbage.length - 4);
                if (i % 2 == 0) {
                    frame.putShort(ApiKey.FETCH.id()).putShort((short) 12);
                }
                client.sendBytes(garbage);
                client.awaitClosed();
            }
        }
        assertServes();
    }

    @Test
    void a_request_of_two_gigabytes_is_refused_before_any_of_it_is_read() throws Exception {
        try (var client = RawClient.to(door)) {
            client.sendBytes((byte) 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff);
            client.awaitClosed();
        }
        try (var client = RawClient.to(door)) {
            client.sendBytes((byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff);
            client.awaitClosed();
        }
        assertServes();
    }

    @Test
    void an_unknown_api_ends_the_connection() throws Exception {
        try (var client = RawClient.to(door)) {
            ByteBuffer request = ByteBuffer.allocate(14).putInt(10).putShort((short) 999);
            client.sendBytes(request.array());
            client.awaitClosed();
        }
        assertServes();
    }

    @Test
    void a_version_that_is_not_served_ends_the_connection() throws Exception {
        try (var client = RawClient.to(door)) {
            byte[] request = client.frame(ApiKey.METADATA, 9, new MetadataRequest());
            ByteBuffer.wrap(request).putShort(6, (short) 99);
            client.sendBytes(request);
            client.awaitClosed();
        }
    }

    @Test
    void a_newer_client_is_told_the_versions_in_a_way_it_surely_understands() throws Exception {
        try (var client = RawClient.to(door)) {
            byte[] request = client.frame(ApiKey.API_VERSIONS, 4, Requests.apiVersions());
            ByteBuffer.wrap(request).putShort(6, (short) 99).putInt(8, 4711);
            client.sendBytes(request);
            ByteBuffer frame = client.receiveFrame();
            assertThat(frame.getInt()).isEqualTo(4711);
            var response = ApiVersionsResponse.read(new WireReader(frame.slice()), 0);
            assertThat(response.errorCode).isEqualTo((short) 35);
            assertThat(response.apiKeys).hasSize(1);
            assertThat(response.apiKeys.getFirst().maxVersion)
                    .isEqualTo(ApiKey.API_VERSIONS.maxVersion());
            // The connection goes on.
            client.ask(ApiKey.API_VERSIONS, 3, Requests.apiVersions(), ApiVersionsResponse.class);
        }
    }

    @Test
    void compression_is_not_lost_for_clients_that_look_for_produce_version_0() throws Exception {
        try (var client = RawClient.to(door)) {
            var response =
                    client.ask(
                            ApiKey.API_VERSIONS,
                            3,
                            Requests.apiVersions(),
                            ApiVersionsResponse.class);
            assertThat(response.apiKeys)
                    .hasSize(ApiKey.values().length)
                    .anySatisfy(api -> {
                        assertThat(api.apiKey).isEqualTo(ApiKey.PRODUCE.id());
                        assertThat(api.minVersion).isZero();
                    });
        }
    }

    @Test
    void a_client_that_goes_silent_within_a_request_is_let_go() throws Exception {
        try (var client = RawClient.to(door)) {
            client.sendBytes((byte) 0, (byte) 0, (byte) 0, (byte) 100, (byte) 0);
            client.awaitClosed();
        }
        assertServes();
    }

    @Test
    void more_connections_than_there_may_be_are_closed_as_they_come() throws Exception {
        var clients = new ArrayList<RawClient>();
        for (int i = 0; i < LIMITS.maxConnections(); i++) {
            var client = RawClient.to(door);
            client.ask(ApiKey.API_VERSIONS, 3, Requests.apiVersions(), ApiVersionsResponse.class);
            clients.add(client);
        }
        try (var tooMany = RawClient.to(door)) {
            tooMany.awaitClosed();
        }
        for (RawClient client : clients) {
            client.close();
        }
        Eventually.await(
                Duration.ofSeconds(20), "the connections to end", () -> door.connections() == 0);
        assertServes();
    }

    @Test
    void a_client_that_is_gone_does_not_keep_its_connection_until_a_rebalance_is_over()
            throws Exception {
        try (var member = RawClient.to(door)) {
            member.ask(ApiKey.JOIN_GROUP, 0, joining(), JoinGroupResponse.class);
            try (var second = RawClient.to(door)) {
                // Parked: the first member never joins again.
                second.send(ApiKey.JOIN_GROUP, 0, joining());
                Eventually.await(
                        Duration.ofSeconds(20),
                        "the second connection",
                        () -> door.connections() == 2);
            }
            Eventually.await(
                    Duration.ofSeconds(20), "the connection to end", () -> door.connections() == 1);
        }
    }

    @Test
    void a_silent_connection_is_closed_and_one_that_waits_for_its_answer_is_not() throws Exception {
        door.close();
        var impatient = new DoorLimits(1 << 20, 10, 100, 4, 50, 8 << 20, 1 << 20);
        door = LiveDoor.open(directory, impatient);
        try (var first = RawClient.to(door);
                var second = RawClient.to(door)) {
            JoinGroupResponse leader =
                    first.ask(ApiKey.JOIN_GROUP, 0, joining(), JoinGroupResponse.class);
            second.send(ApiKey.JOIN_GROUP, 0, joining());
            first.awaitClosed();
            try (var silent = RawClient.to(door)) {
                silent.awaitClosed();
            }
            try (var back = RawClient.to(door)) {
                JoinGroupRequest again = joining();
                again.memberId = leader.memberId;
                back.send(ApiKey.JOIN_GROUP, 0, again);
                assertThat(second.receive(JoinGroupResponse.class).errorCode).isZero();
            }
        }
    }

    @Test
    void clients_that_do_not_await_their_answers_hold_no_memory_that_others_need()
            throws Exception {
        door.close();
        // Two requests of the smallest size are all that may begin at a time.
        var tight = new DoorLimits(1 << 20, 10, 600_000, 4, 50, 64 << 10, 1 << 20);
        door = LiveDoor.open(directory, tight);
        try (var member = RawClient.to(door);
                var first = RawClient.to(door);
                var second = RawClient.to(door)) {
            member.ask(ApiKey.JOIN_GROUP, 0, joining(), JoinGroupResponse.class);
            for (RawClient eager : List.of(first, second)) {
                // Parked, for the first member never joins again; the rest piles up behind it.
                eager.send(ApiKey.JOIN_GROUP, 0, joining());
                for (int i = 0; i < 3 * tight.maxInFlight(); i++) {
                    eager.send(ApiKey.API_VERSIONS, 3, Requests.apiVersions());
                }
            }
            for (int i = 0; i < 20; i++) {
                assertServes();
            }
        }
    }

    private static JoinGroupRequest joining() {
        var join = new JoinGroupRequest();
        join.groupId = "g";
        join.sessionTimeoutMs = 600_000;
        join.protocolType = "consumer";
        var range = new JoinGroupRequest.JoinGroupRequestProtocol();
        range.name = "range";
        join.protocols.add(range);
        return join;
    }
}
