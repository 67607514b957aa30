package io.sinew.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// docs/kafka.md: what of the Kafka protocol is served, from the list that the codecs are made
/// from.
final class KafkaPage {
    private static final Path SERVED =
            Path.of("..", "..", "doors", "kafka-wire", "src", "main", "wire", "served-apis.txt");

    private static final String HEAD =
            """
            # The Kafka protocol

            <!-- Made from the code by `./dev docs`; do not edit. -->

            Any client of Apache Kafka 0.11 or newer can connect. `./dev check` runs a session of producing, consuming, groups and
            administration with:

            | client | how |
            |---|---|
            | kafka-clients 4.3.1, and everything in `testing/clients` | each time |
            | kafka-clients 3.9.2, 4.0.2, 4.2.2 and 4.4.0 | each time, in an application with Sinew inside |
            | kcat (librdkafka) | each time |
            | kafkajs 2.2.4 | what it sends, recorded byte by byte, each time; the library itself with `./dev clients kafkajs`, because npm's registry is not everywhere |

            ## APIs

            A client is told these when it connects, and chooses the newest version that it knows too.

            | API | key | versions |
            |---|---|---|
            """;

    private static final String TAIL =
            """

            Produce is announced from version 0 and served from 3: librdkafka takes a higher beginning for a broker that knows no
            compression (KAFKA-18659). Formats of records before version 2 (Kafka 0.10) are refused.

            Not announced, because not built yet: groups of the new protocol (`group.protocol=consumer`), share groups,
            quotas, delegation tokens, SASL, ACLs. A client that needs one of them says so itself.

            ## Where an answer differs from Apache Kafka's

            | what | Apache Kafka | Sinew |
            |---|---|---|
            | `acks=all` | in the page cache of all in-sync replicas | on the disk of this one; `durability=os` for the page cache |
            | what consumers see | up to the high watermark | up to what is durable, with `acks=1` and `acks=0` too |
            | replication factor | copies on so many brokers | any is accepted, and is 1 |
            | leader epoch | goes up with each election | goes up with each start |
            | `group.initial.rebalance.delay.ms` | 3000 | 0: the first member of a group need not wait |
            | `index.interval.bytes` | 4096 | 32768; a read scans at most that much to find its offset |
            | `cleanup.policy=compact` | the newest segment is compacted only after something was appended behind it | also when it is older than `segment.ms`, or `max.compaction.lag.ms` |
            | `log.cleaner.dedupe.buffer.size` | 134217728, taken at the start | 67108864, taken while a compaction runs |
            | `__consumer_offsets` and other internal topics | topics | none: this state is in the write-ahead log; DescribeTransactions does not name groups |
            | `InitProducerId` while the transactional id has a transaction | `CONCURRENT_TRANSACTIONS`, and the client comes again | aborts it and answers |
            | the same from a producer that was fenced | aborts its successor's transaction, and then refuses | refuses |
            | records for a partition that is not in the transaction | refused, for clients that say their transactional id | refused for every client, by the partition itself |
            | `AddPartitionsToTxn` 4 and 5, `WriteTxnMarkers` | between brokers | there is one broker |
            | ListTransactions by regular expression | RE2 | refused |
            | a full disk | the log directory goes offline, the broker stops | writes are refused (`KAFKA_STORAGE_ERROR`, which clients retry), reads go on |
            """;

    private KafkaPage() {}

    static String text() throws IOException {
        var page = new StringBuilder(HEAD);
        for (String line : Files.readAllLines(SERVED)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] words = line.strip().split("\\s+", -1);
                page.append(
                        String.format(
                                Locale.ROOT, "| %s | %s | %s |%n", words[0], words[1], words[2]));
            }
        }
        return page.append(TAIL).toString();
    }
}
