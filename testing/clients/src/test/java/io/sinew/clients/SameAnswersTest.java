package io.sinew.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.clients.KnownDifference.Difference;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.CreateTopicsRequest;
import io.sinew.kafkawire.CreateTopicsResponse;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.MetadataResponse;
import io.sinew.kit.ApacheKafka;
import io.sinew.kit.Eventually;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same requests to Sinew and to an Apache Kafka in a JVM of its own: the answers are the same,
/// field for field, but for the differences that are meant (`differences.txt`).
class SameAnswersTest {
    private static final Path CLASS_PATH = Path.of(System.getProperty("sinew.kafka.classpath"));

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(2);

    /// What changes nothing.
    private static final Set<ApiKey> READS =
            Set.of(
                    ApiKey.METADATA,
                    ApiKey.DESCRIBE_CONFIGS,
                    ApiKey.DESCRIBE_CLIENT_QUOTAS,
                    ApiKey.DESCRIBE_TOPIC_PARTITIONS,
                    ApiKey.DESCRIBE_LOG_DIRS,
                    ApiKey.LIST_OFFSETS);

    private final List<KnownDifference> known = KnownDifference.all();

    @TempDir Path folder;

    /// A broker under question.
    private static final class Asked implements AutoCloseable {
        private final Wire wire;
        private final Map<String, UUID> topicIds = new HashMap<>();

        Asked(InetSocketAddress address) {
            this.wire = new Wire(address);
        }

        SortedMap<String, String> answer(Question question, int version) throws Exception {
            Message request = question.wording().of(topicIds, version);
            Optional<Message> reply = wire.ask(question.api(), version, request);
            if (reply.isPresent()
                    && request instanceof CreateTopicsRequest creation
                    && reply.get() instanceof CreateTopicsResponse created) {
                if (!creation.validateOnly) {
                    awaitCreated(created);
                }
            }
            return reply.map(known -> ReplyFields.of(known, topicIds))
                    .orElseGet(() -> new TreeMap<>(Map.of("connection", "closed")));
        }

        /// Apache Kafka answers before the broker that was asked has heard of it.
        private void awaitCreated(CreateTopicsResponse created) throws Exception {
            for (CreateTopicsResponse.CreatableTopicResult topic : created.topics) {
                if (topic.errorCode == 0) {
                    Eventually.await(LIMIT, topic.name, () -> learnId(topic.name));
                }
            }
        }

        /// Topics that are gone keep their id here: it stays an id of that name.
        private boolean learnId(String name) throws Exception {
            var topic = new MetadataRequest.MetadataRequestTopic();
            topic.name = name;
            var request = new MetadataRequest();
            request.allowAutoTopicCreation = false;
            request.topics = List.of(topic);
            var metadata = (MetadataResponse) wire.ask(ApiKey.METADATA, 12, request).orElseThrow();
            MetadataResponse.MetadataResponseTopic known = metadata.topics.getFirst();
            topicIds.put(name, known.topicId);
            return known.errorCode == 0
                    && known.partitions.stream().allMatch(partition -> partition.errorCode == 0);
        }

        @Override
        public void close() throws IOException {
            wire.close();
        }
    }

    /// What the answers to one question differ in.
    private static List<Difference> compare(
            Question question, int version, Asked kafka, SortedMap<String, String> ours)
            throws Exception {
        SortedMap<String, String> theirs = kafka.answer(question, version);
        var fields = new TreeSet<String>(theirs.keySet());
        fields.addAll(ours.keySet());
        var found = new ArrayList<Difference>();
        for (String field : fields) {
            String their = theirs.getOrDefault(field, "none");
            String our = ours.getOrDefault(field, "none");
            if (!their.equals(our)) {
                found.add(new Difference(question, version, field, their, our));
            }
        }
        return found;
    }

    /// As above. Where Apache Kafka's answer may come from before the last change it is asked
    /// again.
    private List<Difference> compareSettled(
            Question question, int version, Asked kafka, SortedMap<String, String> ours)
            throws Exception {
        List<Difference> found = compare(question, version, kafka, ours);
        long deadlineNanos = Clock.system().nanos() + SETTLE_LIMIT.toNanos();
        while (READS.contains(question.api())
                && !found.stream().allMatch(this::isKnown)
                && Clock.system().nanos() < deadlineNanos) {
            found = compare(question, version, kafka, ours);
        }
        return found;
    }

    private boolean isKnown(Difference found) {
        return known.stream().anyMatch(why -> why.explains(found));
    }

    private static Stream<Question> questions() {
        return Stream.of(
                        TopicQuestions.all(),
                        ConfigQuestions.all(),
                        RecordQuestions.all(),
                        ClusterQuestions.all())
                .flatMap(List::stream);
    }

    @Test
    void both_brokers_give_the_same_answers_but_for_the_differences_that_are_meant()
            throws Exception {
        var found = new ArrayList<Difference>();
        try (var kafka =
                        ApacheKafka.start(
                                folder.resolve("kafka"), Files.readString(CLASS_PATH).strip());
                var sinew = ForkedSinew.start(folder.resolve("sinew"));
                var askedKafka = new Asked(kafka.address());
                var askedSinew = new Asked(sinew.address())) {
            for (Question question : questions().toList()) {
                for (int version : question.versions()) {
                    SortedMap<String, String> ours = askedSinew.answer(question, version);
                    found.addAll(compareSettled(question, version, askedKafka, ours));
                }
            }
        }
        assertThat(found.stream().filter(one -> !isKnown(one)).map(Difference::toString))
                .as("differences that differences.txt does not explain")
                .isEmpty();
        assertThat(known)
                .as("lines of differences.txt that explain nothing any more")
                .filteredOn(why -> found.stream().noneMatch(why::explains))
                .isEmpty();
    }

    @Test
    void every_api_that_is_served_is_asked_about() {
        // Groups, until their own questions are there.
        List<ApiKey> notYet =
                List.of(
                        ApiKey.OFFSET_COMMIT,
                        ApiKey.OFFSET_FETCH,
                        ApiKey.FIND_COORDINATOR,
                        ApiKey.JOIN_GROUP,
                        ApiKey.HEARTBEAT,
                        ApiKey.LEAVE_GROUP,
                        ApiKey.SYNC_GROUP,
                        ApiKey.DESCRIBE_GROUPS,
                        ApiKey.LIST_GROUPS,
                        ApiKey.DELETE_GROUPS,
                        ApiKey.OFFSET_DELETE);
        List<ApiKey> asked = questions().map(Question::api).distinct().toList();
        assertThat(ApiKey.values()).filteredOn(api -> !notYet.contains(api)).isSubsetOf(asked);
        assertThat(notYet).doesNotContainAnyElementsOf(asked);
    }
}
