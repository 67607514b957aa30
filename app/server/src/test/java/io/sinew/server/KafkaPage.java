package io.sinew.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiKeys;

/// docs/kafka-compatibility.md: what of the Kafka protocol is served, from the list that the codecs
/// are made from; what is not, from the list of what an Apache Kafka serves; and where answers
/// differ, from the list that the comparison of both goes by.
final class KafkaPage {
    private static final Path ROOT = Path.of("..", "..");
    private static final Path SERVED =
            ROOT.resolve("doors/kafka-wire/src/main/wire/served-apis.txt");
    private static final Path DIFFERENCES =
            ROOT.resolve("testing/clients/src/test/resources/io/sinew/clients/differences.txt");

    private static final String HEAD =
            """
            # Compatibility with Apache Kafka

            <!-- Made from the code by `./dev docs`; do not edit. -->

            Any client of Apache Kafka 0.11 or newer can connect. `./dev check` runs a session of producing, consuming, groups and
            administration with:

            | client | how |
            |---|---|
            | kafka-clients 4.3.1, and everything in `testing/clients` | each time |
            | kafka-clients 3.9.2, 4.0.2, 4.2.2 and 4.4.0 | each time, in an application with Sinew inside |
            | Kafka Streams 4.3.1, exactly once, with groups of both protocols, through `kill -9` | each time |
            | kcat (librdkafka) | each time |
            | kafkajs 2.2.4 | what it sends, recorded byte by byte, each time; the library itself with `./dev clients kafkajs`, because npm's registry is not everywhere |

            It also sends the same requests to Sinew and to an Apache Kafka 4.3.1 and compares the answers, field for field.

            ## APIs

            A client is told these when it connects, and chooses the newest version that it knows too.

            | API | key | versions | Apache Kafka 4.3.1 |
            |---|---|---|---|
            """;

    private static final String NOT_SERVED_HEAD =
            """

            Produce is announced from version 0 and served from 3: librdkafka takes a higher beginning for a broker that knows no
            compression (KAFKA-18659). Formats of records before version 2 (Kafka 0.10) are refused.

            ## Not served

            These are not announced, and a client that needs one of them says so itself.

            | API | key | why |
            |---|---|---|
            """;

    private static final String DIFFERENCES_HEAD =
            """

            ## What is different

            | what | Apache Kafka | Sinew |
            |---|---|---|
            | `acks=all` | in the page cache of all in-sync replicas | on the disk of this one; `durability=os` for the page cache |
            | what consumers see | up to the high watermark | up to what is durable, with `acks=1` and `acks=0` too |
            | replication factor | copies on so many brokers | any is accepted, and is 1 |
            | leader epoch | goes up with each election | goes up with each start |
            | `group.initial.rebalance.delay.ms` | 3000 | 0: the first member of a group need not wait |
            | a pattern of topics in a consumer group | evaluated in a thread of its own, again after 10 s at the earliest | evaluated in the heartbeat that first sees other topics |
            | `group.consumer.max.size` | no bound | 10000 |
            | a rebalance of a consumer group on a full disk | is written | its heartbeats are refused as any join is, and nobody is expelled meanwhile |
            | `group.streams.initial.rebalance.delay.ms` | 3000 | 0 |
            | another topology for a streams group without members | refused | takes the old one's place |
            | `index.interval.bytes` | 4096 | 32768; a read scans at most that much to find its offset |
            | records that a refused batch is refused for | all are named in the answer | the first 1,000 are |
            | records in a batch | each is looked at | they are where the topic asks for it: compacted, times bounded in the past, packed otherwise. Else the header is believed |
            | a produce request with a partition and no records at all | is never answered | the partition is refused |
            | quotas | of users, client ids and addresses | of client ids, for bytes produced, bytes fetched and time. Nobody has to prove who he is yet |
            | a batch that is more than all windows of a fetch quota give | is never delivered | is delivered when the client has read nothing else of late, and then the client pauses |
            | `cleanup.policy=compact` | the newest segment is compacted only after something was appended behind it | also when it is older than `segment.ms`, or `max.compaction.lag.ms` |
            | `log.cleaner.dedupe.buffer.size` | 134217728, taken at the start | 67108864, taken while a compaction runs |
            | `__consumer_offsets` and other internal topics | topics | none: this state is in the write-ahead log; DescribeTransactions does not name groups |
            | `InitProducerId` while the transactional id has a transaction | `CONCURRENT_TRANSACTIONS`, and the client comes again | aborts it and answers |
            | the same from a producer that was fenced | aborts its successor's transaction, and then refuses | refuses |
            | records for a partition that is not in the transaction | refused, for clients that say their transactional id | refused for every client, by the partition itself |
            | `AddPartitionsToTxn` 4 and 5, `WriteTxnMarkers` | between brokers | there is one broker |
            | ListTransactions by regular expression | RE2 | refused |
            | a full disk | the log directory goes offline, the broker stops | writes are refused (`KAFKA_STORAGE_ERROR`, which clients retry), reads go on |

            ## Answers that differ

            Found by the comparison, and meant. `*` stands for anything.

            | API | field of the answer | Apache Kafka | Sinew | why |
            |---|---|---|---|---|
            """;

    private static final String SECURITY = "authentication and authorisation are not built yet";
    private static final String ONE_BROKER = "there is one broker, with one copy in one directory";

    /// Why an API is not served, by how its name begins; the first that fits.
    private static final Map<String, String> REASONS = reasons();

    private static Map<String, String> reasons() {
        var reasons = new LinkedHashMap<String, String>();
        for (String name :
                List.of(
                        "Sasl",
                        "DescribeAcls",
                        "CreateAcls",
                        "DeleteAcls",
                        "CreateDelegationToken",
                        "RenewDelegationToken",
                        "ExpireDelegationToken",
                        "DescribeDelegationToken",
                        "DescribeUserScramCredentials",
                        "AlterUserScramCredentials")) {
            reasons.put(name, SECURITY);
        }
        for (String name :
                List.of(
                        "AlterReplicaLogDirs",
                        "ElectLeaders",
                        "AlterPartitionReassignments",
                        "ListPartitionReassignments",
                        "DescribeQuorum",
                        "UnregisterBroker",
                        "AddRaftVoter",
                        "RemoveRaftVoter")) {
            reasons.put(name, ONE_BROKER);
        }
        reasons.put(
                "WriteTxnMarkers",
                "brokers send it to each other; and `kafka-transactions abort` does for transactions that hang, of which there are none here");
        reasons.put("UpdateFeatures", "there are no features to turn on");
        reasons.put("GetTelemetrySubscriptions", "clients' metrics are not taken in yet");
        reasons.put("PushTelemetry", "clients' metrics are not taken in yet");
        reasons.put("ListConfigResources", "clients' metrics are not taken in yet");
        for (String name :
                List.of(
                        "Share",
                        "DescribeShareGroup",
                        "AlterShareGroup",
                        "DeleteShareGroup",
                        "InitializeShareGroup",
                        "ReadShareGroup",
                        "WriteShareGroup")) {
            reasons.put(name, "share groups are not built yet");
        }
        return reasons;
    }

    private KafkaPage() {}

    static String text() throws IOException {
        var page = new StringBuilder(HEAD);
        var served = new ArrayList<Integer>();
        for (String line : lines(SERVED)) {
            String[] words = line.strip().split("\\s+", -1);
            int key = Integer.parseInt(words[1]);
            served.add(key);
            row(page, words[0], words[1], words[2], versions(ApiKeys.forId(key)));
        }
        page.append(NOT_SERVED_HEAD);
        for (ApiKeys api : ApiKeys.brokerApis()) {
            if (!served.contains((int) api.id)) {
                row(page, api.name, Integer.toString(api.id), reason(api.name));
            }
        }
        page.append(DIFFERENCES_HEAD);
        for (String line : lines(DIFFERENCES)) {
            String[] parts = line.split(" \\| ", -1);
            String api = parts[0].equals("*") ? "any" : parts[0];
            row(page, api, code(parts[1]), code(parts[2]), code(parts[3]), parts[4]);
        }
        return page.toString();
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    private static void row(StringBuilder page, String... cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String code(String text) {
        String[] parts = text.strip().split(" when ", 2);
        return "`" + parts[0] + "`" + (parts.length == 2 ? " when asked: " + parts[1] : "");
    }

    private static String versions(ApiKeys api) {
        int oldest = api.oldestVersion();
        int latest = api.latestVersion(false);
        return oldest == latest ? Integer.toString(oldest) : oldest + "-" + latest;
    }

    private static String reason(String api) {
        return REASONS.entrySet().stream()
                .filter(entry -> api.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() ->
                        new AssertionError("KafkaPage does not say why " + api + " is not served"));
    }
}
