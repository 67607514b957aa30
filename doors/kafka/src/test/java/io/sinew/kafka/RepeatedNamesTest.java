package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.DescribeConfigsRequest;
import io.sinew.kafkawire.DescribeConfigsResponse;
import io.sinew.kafkawire.DescribeGroupsRequest;
import io.sinew.kafkawire.DescribeGroupsResponse;
import io.sinew.kafkawire.DescribeLogDirsRequest;
import io.sinew.kafkawire.DescribeLogDirsResponse;
import io.sinew.kafkawire.DescribeProducersRequest;
import io.sinew.kafkawire.DescribeProducersResponse;
import io.sinew.kafkawire.DescribeTopicPartitionsRequest;
import io.sinew.kafkawire.DescribeTopicPartitionsResponse;
import io.sinew.kafkawire.ListOffsetsRequest;
import io.sinew.kafkawire.ListOffsetsResponse;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.MetadataResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A request that names the same thing again and again is no way to make the broker say it as
/// often.
class RepeatedNamesTest {
    private static final short NONE = 0;
    private static final UUID ORDERS = new UUID(1, 1);
    private static final List<String> NAMES = List.of("orders", "none", "orders", "none");

    @TempDir Path directory;
    private LiveDoor door;
    private RawClient client;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory, Map.of("auto.create.topics.enable", "false"));
        client = RawClient.to(door);
        door.broker().topics().create(ORDERS, "orders", 2, Map.of());
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        door.close();
    }

    @Test
    void topics_are_described_once_by_name_and_once_by_id() throws Exception {
        var request = new MetadataRequest();
        request.topics = new ArrayList<>();
        for (String name : NAMES) {
            var byName = new MetadataRequest.MetadataRequestTopic();
            byName.name = name;
            request.topics.add(byName);
            var byId = new MetadataRequest.MetadataRequestTopic();
            byId.name = null;
            byId.topicId = ORDERS;
            request.topics.add(byId);
        }
        var response = client.ask(ApiKey.METADATA, 12, request, MetadataResponse.class);
        assertThat(response.topics)
                .extracting(topic -> topic.name)
                .containsExactly("orders", "orders", "none");
    }

    @Test
    void pages_have_each_topic_once() throws Exception {
        var request = new DescribeTopicPartitionsRequest();
        for (String name : NAMES) {
            var topic = new DescribeTopicPartitionsRequest.TopicRequest();
            topic.name = name;
            request.topics.add(topic);
        }
        var response =
                client.ask(
                        ApiKey.DESCRIBE_TOPIC_PARTITIONS,
                        0,
                        request,
                        DescribeTopicPartitionsResponse.class);
        assertThat(response.topics)
                .extracting(topic -> topic.name)
                .containsExactly("none", "orders");
    }

    @Test
    void groups_are_described_once() throws Exception {
        var request = new DescribeGroupsRequest();
        request.groups = NAMES;
        var response = client.ask(ApiKey.DESCRIBE_GROUPS, 5, request, DescribeGroupsResponse.class);
        assertThat(response.groups)
                .extracting(group -> group.groupId)
                .containsExactly("orders", "none");
    }

    @Test
    void configs_are_described_once() throws Exception {
        var request = new DescribeConfigsRequest();
        for (String name : NAMES) {
            var resource = new DescribeConfigsRequest.DescribeConfigsResource();
            resource.resourceType = ConfigResources.TOPIC;
            resource.resourceName = name;
            resource.configurationKeys = null;
            request.resources.add(resource);
        }
        var response =
                client.ask(ApiKey.DESCRIBE_CONFIGS, 4, request, DescribeConfigsResponse.class);
        assertThat(response.results)
                .extracting(result -> result.resourceName)
                .containsExactly("orders", "none");
    }

    @Test
    void producers_of_a_partition_are_described_once() throws Exception {
        var request = new DescribeProducersRequest();
        for (int index : new int[] {1, 0, 1}) {
            var topic = new DescribeProducersRequest.TopicRequest();
            topic.name = "orders";
            topic.partitionIndexes = List.of(index, 0);
            request.topics.add(topic);
        }
        var response =
                client.ask(ApiKey.DESCRIBE_PRODUCERS, 0, request, DescribeProducersResponse.class);
        assertThat(response.topics)
                .singleElement()
                .satisfies(topic ->
                        assertThat(topic.partitions)
                                .extracting(partition -> partition.partitionIndex)
                                .containsExactly(1, 0));
    }

    @Test
    void the_bytes_of_a_partition_are_told_once() throws Exception {
        var request = new DescribeLogDirsRequest();
        request.topics = new ArrayList<>();
        for (int index : new int[] {1, 0, 1}) {
            var topic = new DescribeLogDirsRequest.DescribableLogDirTopic();
            topic.topic = "orders";
            topic.partitions = List.of(index, 0);
            request.topics.add(topic);
        }
        var response =
                client.ask(ApiKey.DESCRIBE_LOG_DIRS, 4, request, DescribeLogDirsResponse.class);
        assertThat(response.results.getFirst().topics)
                .singleElement()
                .satisfies(topic ->
                        assertThat(topic.partitions)
                                .extracting(partition -> partition.partitionIndex)
                                .containsExactly(1, 0));
    }

    @Test
    void offsets_of_a_partition_that_is_named_twice_are_refused() throws Exception {
        var request = new ListOffsetsRequest();
        var topic = new ListOffsetsRequest.ListOffsetsTopic();
        topic.name = "orders";
        for (int index : new int[] {0, 1, 0}) {
            var partition = new ListOffsetsRequest.ListOffsetsPartition();
            partition.partitionIndex = index;
            partition.timestamp = -1;
            topic.partitions.add(partition);
        }
        request.topics.add(topic);
        var response = client.ask(ApiKey.LIST_OFFSETS, 7, request, ListOffsetsResponse.class);
        assertThat(response.topics.getFirst().partitions)
                .extracting(partition -> partition.errorCode)
                .containsExactly(KafkaErrors.INVALID_REQUEST, NONE, KafkaErrors.INVALID_REQUEST);
    }
}
