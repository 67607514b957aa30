package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
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
import io.sinew.kafkawire.OffsetFetchRequest;
import io.sinew.kafkawire.OffsetFetchResponse;
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
        door.broker().topics().create(ORDERS, "orders", 2, Map.of()).commit().awaitDurable();
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

    private static OffsetFetchRequest.OffsetFetchRequestGroup askingForAll() {
        var group = new OffsetFetchRequest.OffsetFetchRequestGroup();
        group.groupId = "g";
        group.topics = null;
        return group;
    }

    private static OffsetFetchRequest.OffsetFetchRequestGroup askingFor(Integer... indexes) {
        var topic = new OffsetFetchRequest.OffsetFetchRequestTopics();
        topic.name = "orders";
        topic.partitionIndexes = List.of(indexes);
        var group = askingForAll();
        group.topics = List.of(topic, topic);
        return group;
    }

    @Test
    void offsets_of_a_group_and_of_a_partition_are_told_once() throws Exception {
        commit(0);
        commit(1);
        var everything = new OffsetFetchRequest();
        everything.groups = List.of(askingForAll(), askingFor(1), askingForAll());
        assertThat(indexesTold(everything)).containsExactly(0, 1);
        var some = new OffsetFetchRequest();
        some.groups = List.of(askingFor(1, 0, 1, 7, 7), askingForAll());
        assertThat(indexesTold(some)).containsExactly(1, 0, 7);
    }

    private void commit(int index) throws Exception {
        var partition = new GroupPartition(ORDERS, index);
        var offset = new GroupOffset(partition, 5, -1, "text".repeat(100));
        var nobody = new GroupCommand.Claim("g", -1, "", null);
        door.broker()
                .groups()
                .submit(new GroupCommand.CommitOffsets(nobody, List.of(offset)))
                .await();
    }

    /// The partitions in an answer, which is about one group and one topic.
    private List<Integer> indexesTold(OffsetFetchRequest request) throws Exception {
        var response = client.ask(ApiKey.OFFSET_FETCH, 8, request, OffsetFetchResponse.class);
        assertThat(response.groups).hasSize(1);
        assertThat(response.groups.getFirst().topics).hasSize(1);
        return response.groups.getFirst().topics.getFirst().partitions.stream()
                .map(partition -> partition.partitionIndex)
                .toList();
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
