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
import io.sinew.kit.ForkedSinew;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
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
                    ApiKey.DESCRIBE_PRODUCERS,
                    ApiKey.DESCRIBE_TRANSACTIONS,
                    ApiKey.LIST_TRANSACTIONS,
                    ApiKey.DESCRIBE_GROUPS,
                    ApiKey.CONSUMER_GROUP_DESCRIBE,
                    ApiKey.STREAMS_GROUP_DESCRIBE,
                    ApiKey.OFFSET_FETCH,
                    ApiKey.FETCH,
                    ApiKey.LIST_OFFSETS);

    /// What Apache Kafka says while it is not ready yet, or while the last change goes on behind
    /// its answer: clients come again, and so does this test.
    private static final Set<String> NOT_YET =
            Set.of(
                    "6" /* NOT_LEADER_OR_FOLLOWER */,
                    "14" /* COORDINATOR_LOAD_IN_PROGRESS */,
                    "15" /* COORDINATOR_NOT_AVAILABLE */,
                    "16" /* NOT_COORDINATOR */,
                    "51" /* CONCURRENT_TRANSACTIONS */);

    private final List<KnownDifference> known = KnownDifference.all();

    /// Whether the last change has been seen in one of Apache Kafka's answers.
    private boolean settled;

    @TempDir Path folder;

    /// A broker under question.
    private static final class Asked implements AutoCloseable {
        private final Wire wire;
        private final Told told = new Told();

        Asked(InetSocketAddress address) {
            this.wire = new Wire(address);
        }

        SortedMap<String, String> answer(Question question, int version) throws Exception {
            Message request = question.wording().of(told, version);
            Optional<Message> reply = wire.ask(question.api(), version, request);
            if (reply.isEmpty()) {
                return new TreeMap<>(Map.of("connection", "closed"));
            }
            question.learning().accept(told, reply.get());
            if (request instanceof CreateTopicsRequest creation
                    && reply.get() instanceof CreateTopicsResponse created
                    && !creation.validateOnly) {
                awaitCreated(created);
            }
            return ReplyFields.of(reply.get(), told);
        }

        /// Apache Kafka answers before the broker that was asked has heard of it.
        private void awaitCreated(CreateTopicsResponse created) throws Exception {
            for (CreateTopicsResponse.CreatableTopicResult topic : created.topics) {
                if (topic.errorCode == 0) {
                    Eventually.await(LIMIT, topic.name, () -> isThere(topic.name));
                }
            }
        }

        private boolean isThere(String name) throws Exception {
            var topic = new MetadataRequest.MetadataRequestTopic();
            topic.name = name;
            var request = new MetadataRequest();
            request.allowAutoTopicCreation = false;
            request.topics = List.of(topic);
            var metadata = (MetadataResponse) wire.ask(ApiKey.METADATA, 12, request).orElseThrow();
            MetadataResponse.MetadataResponseTopic known = metadata.topics.getFirst();
            told.topic(name, known.topicId);
            return known.errorCode == 0
                    && known.partitions.stream().allMatch(partition -> partition.errorCode == 0);
        }

        @Override
        public void close() throws IOException {
            wire.close();
        }
    }

    /// What two answers to one question differ in.
    private static List<Difference> compare(
            Question question,
            int version,
            SortedMap<String, String> theirs,
            SortedMap<String, String> ours) {
        var fields = new TreeSet<String>(theirs.keySet());
        fields.addAll(ours.keySet());
        var found = new ArrayList<Difference>();
        var missing = new ArrayList<String>();
        for (String field : fields) {
            if (missing.stream().anyMatch(element -> field.startsWith(element + "."))) {
                continue;
            }
            String their = theirs.getOrDefault(field, "none");
            String our = ours.getOrDefault(field, "none");
            if (!their.equals(our)) {
                found.add(new Difference(question, version, field, their, our));
                if (their.equals("there") || our.equals("there")) {
                    missing.add(field);
                }
            }
        }
        return found;
    }

    /// Asks both. Where Apache Kafka's answer may come from before the last change it is asked
    /// again.
    private List<Difference> ask(Question question, int version, Asked sinew, Asked kafka)
            throws Exception {
        SortedMap<String, String> ours = sinew.answer(question, version);
        List<Difference> found;
        boolean isRead = READS.contains(question.api());
        long deadlineNanos = Clock.system().nanos() + SETTLE_LIMIT.toNanos();
        boolean again;
        do {
            SortedMap<String, String> theirs = kafka.answer(question, version);
            found = compare(question, version, theirs, ours);
            again =
                    found.stream().anyMatch(SameAnswersTest::isNotYet)
                            || (isRead && !settled && !found.stream().allMatch(this::isKnown));
        } while (again && Clock.system().nanos() < deadlineNanos);
        settled = isRead;
        return found;
    }

    private static boolean isNotYet(Difference found) {
        return found.field().endsWith("rrorCode") && NOT_YET.contains(found.kafka());
    }

    private boolean isKnown(Difference found) {
        return known.stream().anyMatch(why -> why.explains(found));
    }

    private static Stream<Question> questions() {
        return Stream.of(
                        TopicQuestions.all(),
                        ConfigQuestions.all(),
                        RecordQuestions.all(),
                        ClusterQuestions.all(),
                        GroupQuestions.all(),
                        NewGroupQuestions.all(),
                        TransactionQuestions.all())
                .flatMap(List::stream);
    }

    private ApacheKafka startKafka() throws Exception {
        var kafka =
                new ApacheKafka(
                        folder.resolve("kafka"),
                        Files.readString(CLASS_PATH).strip(),
                        ApacheKafka.TEST_FLAGS,
                        Map.of(
                                "group.initial.rebalance.delay.ms", "0",
                                "group.streams.initial.rebalance.delay.ms", "0",
                                "group.consumer.assignment.interval.ms", "0",
                                "group.streams.assignment.interval.ms", "0",
                                "offsets.topic.num.partitions", "1",
                                "transaction.state.log.num.partitions", "1"));
        kafka.format();
        kafka.start();
        return kafka;
    }

    @Test
    void both_brokers_give_the_same_answers_but_for_the_differences_that_are_meant()
            throws Exception {
        var found = new ArrayList<Difference>();
        try (var kafka = startKafka();
                var sinew =
                        ForkedSinew.start(
                                folder.resolve("sinew"),
                                "group.consumer.assignment.interval.ms=0",
                                "group.streams.assignment.interval.ms=0");
                var askedKafka = new Asked(kafka.address());
                var askedSinew = new Asked(sinew.address())) {
            for (Question question : questions().toList()) {
                for (int version : question.versions()) {
                    found.addAll(ask(question, version, askedSinew, askedKafka));
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
        assertThat(questions().map(Question::api)).contains(ApiKey.values());
    }
}
