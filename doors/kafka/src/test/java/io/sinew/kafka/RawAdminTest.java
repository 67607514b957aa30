package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kafkawire.AlterConfigsRequest;
import io.sinew.kafkawire.AlterConfigsResponse;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.CreateTopicsRequest;
import io.sinew.kafkawire.CreateTopicsResponse;
import io.sinew.kafkawire.DeleteTopicsRequest;
import io.sinew.kafkawire.DeleteTopicsResponse;
import io.sinew.kafkawire.DescribeTopicPartitionsRequest;
import io.sinew.kafkawire.DescribeTopicPartitionsResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Kafka's admin client does not send, or hides.
class RawAdminTest {
    private static final short NONE = 0;
    private static final short INVALID_CONFIG = 40;

    @TempDir Path directory;
    private LiveDoor door;
    private RawClient client;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
        client = RawClient.to(door);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        door.close();
    }

    private void create(String name, int partitions, Map<String, String> settings) {
        door.broker().topics().create(UUID.randomUUID(), name, partitions, settings);
    }

    @Test
    void a_topic_named_twice_is_refused_once_and_not_created() throws Exception {
        var request = new CreateTopicsRequest();
        for (String name : List.of("a", "b", "a")) {
            var topic = new CreateTopicsRequest.CreatableTopic();
            topic.name = name;
            topic.numPartitions = 1;
            topic.replicationFactor = 1;
            request.topics.add(topic);
        }
        var response = client.ask(ApiKey.CREATE_TOPICS, 7, request, CreateTopicsResponse.class);
        assertThat(response.topics).extracting(topic -> topic.name).containsExactly("a", "b");
        assertThat(response.topics)
                .extracting(topic -> topic.errorCode)
                .containsExactly(KafkaErrors.INVALID_REQUEST, NONE);
        assertThat(door.broker().topics().named("a")).isEmpty();
    }

    @Test
    void a_topic_to_delete_goes_by_name_or_by_id_and_not_by_both() throws Exception {
        create("a", 1, Map.of());
        var topic = new DeleteTopicsRequest.DeleteTopicState();
        topic.name = "a";
        topic.topicId = door.broker().topics().named("a").orElseThrow().id();
        var request = new DeleteTopicsRequest();
        request.topics.add(topic);
        var response = client.ask(ApiKey.DELETE_TOPICS, 6, request, DeleteTopicsResponse.class);
        assertThat(response.responses.getFirst().errorCode).isEqualTo(KafkaErrors.INVALID_REQUEST);
        assertThat(door.broker().topics().named("a")).isPresent();
    }

    @Test
    void the_older_alter_configs_leaves_only_what_it_was_sent() throws Exception {
        create("a", 1, Map.of("retention.ms", "1", "segment.bytes", "100000"));
        var config = new AlterConfigsRequest.AlterableConfig();
        config.name = "retention.bytes";
        config.value = "5";
        var resource = new AlterConfigsRequest.AlterConfigsResource();
        resource.resourceType = 2;
        resource.resourceName = "a";
        resource.configs.add(config);
        var request = new AlterConfigsRequest();
        request.resources.add(resource);
        request.validateOnly = true;
        assertThat(alter(request)).isEqualTo(NONE);
        assertThat(settings()).containsOnlyKeys("retention.ms", "segment.bytes");
        request.validateOnly = false;
        assertThat(alter(request)).isEqualTo(NONE);
        assertThat(settings()).containsExactly(Map.entry("retention.bytes", "5"));
        config.value = "many";
        assertThat(alter(request)).isEqualTo(INVALID_CONFIG);
        resource.configs.add(config);
        assertThat(alter(request)).isEqualTo(KafkaErrors.INVALID_REQUEST);
        resource.resourceType = 4;
        assertThat(alter(request)).isEqualTo(KafkaErrors.INVALID_REQUEST);
    }

    private short alter(AlterConfigsRequest request) throws Exception {
        return client.ask(ApiKey.ALTER_CONFIGS, 2, request, AlterConfigsResponse.class)
                .responses
                .getFirst()
                .errorCode;
    }

    private Map<String, String> settings() {
        return door.broker().topics().named("a").orElseThrow().settings();
    }

    @Test
    void pages_of_partitions_join_without_a_gap_and_without_an_overlap() throws Exception {
        create("a", 3, Map.of());
        create("b", 2, Map.of());
        create("c", 4, Map.of());
        var request = new DescribeTopicPartitionsRequest();
        request.responsePartitionLimit = 3;
        var seen = new ArrayList<String>();
        int pages = 0;
        do {
            var page =
                    client.ask(
                            ApiKey.DESCRIBE_TOPIC_PARTITIONS,
                            0,
                            request,
                            DescribeTopicPartitionsResponse.class);
            assertThat(page.topics).allSatisfy(topic -> assertThat(topic.partitions).isNotEmpty());
            page.topics.forEach(topic ->
                    topic.partitions.forEach(
                            partition -> seen.add(topic.name + partition.partitionIndex)));
            pages++;
            request.cursor = null;
            if (page.nextCursor != null) {
                request.cursor = new DescribeTopicPartitionsRequest.Cursor();
                request.cursor.topicName = page.nextCursor.topicName;
                request.cursor.partitionIndex = page.nextCursor.partitionIndex;
            }
        } while (request.cursor != null);
        assertThat(seen).containsExactly("a0", "a1", "a2", "b0", "b1", "c0", "c1", "c2", "c3");
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void a_page_goes_on_behind_a_topic_that_was_deleted_meanwhile() throws Exception {
        create("a", 1, Map.of());
        create("c", 1, Map.of());
        var request = new DescribeTopicPartitionsRequest();
        request.cursor = new DescribeTopicPartitionsRequest.Cursor();
        request.cursor.topicName = "b";
        request.cursor.partitionIndex = 5;
        var page =
                client.ask(
                        ApiKey.DESCRIBE_TOPIC_PARTITIONS,
                        0,
                        request,
                        DescribeTopicPartitionsResponse.class);
        assertThat(page.topics)
                .singleElement()
                .satisfies(topic -> {
                    assertThat(topic.name).isEqualTo("c");
                    assertThat(topic.partitions).hasSize(1);
                });
    }
}
