package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.MetadataResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataTest {
    private static final short NONE = 0;
    private static final short UNKNOWN_TOPIC_OR_PARTITION = 3;
    private static final short INVALID_TOPIC = 17;
    private static final short UNKNOWN_TOPIC_ID = 100;

    @TempDir Path directory;
    private LiveDoor door;
    private RawClient client;
    private UUID orders = new UUID(0, 0);

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory, Map.of("num.partitions", "3"));
        client = RawClient.to(door);
        var created = door.broker().topics().create(UUID.randomUUID(), "orders", 2, Map.of());
        created.commit().awaitDurable();
        orders = created.topic().id();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        door.close();
    }

    private MetadataResponse ask(int version, MetadataRequest request) throws Exception {
        return client.ask(ApiKey.METADATA, version, request, MetadataResponse.class);
    }

    private static MetadataRequest allTopics() {
        var request = new MetadataRequest();
        request.topics = null;
        return request;
    }

    private static MetadataRequest named(String... names) {
        var request = new MetadataRequest();
        request.topics = new ArrayList<>();
        for (String name : names) {
            var topic = new MetadataRequest.MetadataRequestTopic();
            topic.name = name;
            request.topics.add(topic);
        }
        return request;
    }

    @Test
    void null_topics_are_all_and_none_are_none() throws Exception {
        assertThat(ask(1, allTopics()).topics).hasSize(1);
        assertThat(ask(4, allTopics()).topics).hasSize(1);
        assertThat(ask(13, allTopics()).topics).hasSize(1);
        assertThat(ask(1, named()).topics).isEmpty();
        assertThat(ask(13, named()).topics).isEmpty();
    }

    @Test
    void in_version_0_no_topics_are_all() throws Exception {
        assertThat(ask(0, named()).topics).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 9, 13})
    void the_broker_is_told_as_the_client_reached_it(int version) throws Exception {
        MetadataResponse response = ask(version, named("orders"));
        assertThat(response.brokers)
                .singleElement()
                .satisfies(broker -> {
                    assertThat(broker.nodeId).isEqualTo(door.broker().nodeId());
                    assertThat(broker.host).isEqualTo("127.0.0.1");
                    assertThat(broker.port).isEqualTo(door.address().getPort());
                });
        assertThat(response.topics.getFirst().partitions)
                .hasSize(2)
                .allSatisfy(partition -> {
                    assertThat(partition.leaderId).isEqualTo(door.broker().nodeId());
                    assertThat(partition.isrNodes).containsExactly(door.broker().nodeId());
                });
        if (version >= 1) {
            assertThat(response.controllerId).isEqualTo(door.broker().nodeId());
        }
        if (version >= 9) {
            assertThat(response.clusterId).isEqualTo(door.broker().clusterId());
            assertThat(response.topics.getFirst().partitions.getFirst().leaderEpoch)
                    .isEqualTo(door.broker().leaderEpoch());
        }
    }

    @Test
    void a_topic_that_is_asked_for_is_created_if_the_client_wants_that() throws Exception {
        MetadataRequest only = named("new");
        only.allowAutoTopicCreation = false;
        assertThat(ask(9, only).topics.getFirst().errorCode).isEqualTo(UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(door.broker().topics().named("new")).isEmpty();
        MetadataResponse created = ask(9, named("new"));
        assertThat(created.topics.getFirst().errorCode).isEqualTo(NONE);
        assertThat(created.topics.getFirst().partitions).hasSize(3);
        // Before version 4 a client can't say, and wants it.
        assertThat(ask(1, named("old")).topics.getFirst().errorCode).isEqualTo(NONE);
        assertThat(ask(9, named("not a name")).topics.getFirst().errorCode)
                .isEqualTo(INVALID_TOPIC);
    }

    @Test
    void a_name_that_no_topic_can_have_is_told_so_by_a_broker_that_creates_none() throws Exception {
        try (var closed =
                        LiveDoor.open(
                                directory.resolve("closed"),
                                Map.of("auto.create.topics.enable", "false"));
                var asking = RawClient.to(closed)) {
            MetadataRequest wanting = named("not a name", "", "new");
            wanting.allowAutoTopicCreation = true;
            var response = asking.ask(ApiKey.METADATA, 9, wanting, MetadataResponse.class);
            assertThat(response.topics)
                    .extracting(topic -> topic.errorCode)
                    .containsExactly(INVALID_TOPIC, INVALID_TOPIC, UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(closed.broker().topics().all()).isEmpty();
        }
    }

    @Test
    void topics_are_found_by_id_and_never_created_by_it() throws Exception {
        var request = new MetadataRequest();
        request.topics = new ArrayList<>();
        for (UUID id : new UUID[] {orders, new UUID(9, 9)}) {
            var topic = new MetadataRequest.MetadataRequestTopic();
            topic.topicId = id;
            topic.name = null;
            request.topics.add(topic);
        }
        MetadataResponse response = ask(12, request);
        assertThat(response.topics)
                .extracting(topic -> topic.errorCode)
                .containsExactly(NONE, UNKNOWN_TOPIC_ID);
        assertThat(response.topics).extracting(topic -> topic.name).containsExactly("orders", null);
        assertThat(door.broker().topics().all()).hasSize(1);
    }
}
