package io.sinew.clients;

import io.sinew.base.Clock;
import io.sinew.clients.Told.Producer;
import io.sinew.kafkawire.AddOffsetsToTxnRequest;
import io.sinew.kafkawire.AddPartitionsToTxnRequest;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.BufferRecords;
import io.sinew.kafkawire.DescribeTransactionsRequest;
import io.sinew.kafkawire.EndTxnRequest;
import io.sinew.kafkawire.EndTxnResponse;
import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.InitProducerIdRequest;
import io.sinew.kafkawire.InitProducerIdResponse;
import io.sinew.kafkawire.ListOffsetsRequest;
import io.sinew.kafkawire.ListTransactionsRequest;
import io.sinew.kafkawire.ProduceRequest;
import io.sinew.kafkawire.TxnOffsetCommitRequest;
import io.sinew.kit.Batches;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// About transactions, in both versions of the protocol, good ones and bad: a transactional id is
/// also the name of its producer.
final class TransactionQuestions {
    private static final String TOPIC = "paid";
    private static final String GROUP = "cashiers";

    /// Records as old as their markers: Kafka begins a new segment where times are far apart, and a
    /// fetch ends there.
    private static final long NOW_MS = Clock.system().nowMs();

    private TransactionQuestions() {}

    static List<Question> all() {
        var all = new ArrayList<Question>();
        all.addAll(beginnings());
        all.addAll(refusedBeginnings());
        all.addAll(refusedParts());
        all.addAll(oldWay());
        all.addAll(newWay());
        all.addAll(lists());
        all.addAll(takeovers());
        return all;
    }

    // ---- InitProducerId

    private static Question begin(
            String what, @Nullable String id, Consumer<InitProducerIdRequest> wording) {
        return Question.of(
                        ApiKey.INIT_PRODUCER_ID,
                        what,
                        (_, _) -> {
                            var request = new InitProducerIdRequest();
                            request.transactionalId = id;
                            request.transactionTimeoutMs = 60_000;
                            wording.accept(request);
                            return request;
                        })
                .learning(
                        InitProducerIdResponse.class,
                        (told, begun) -> {
                            if (begun.errorCode == 0) {
                                told.producer(
                                        id == null ? "without an id" : id,
                                        begun.producerId,
                                        begun.producerEpoch);
                            }
                        });
    }

    /// As a producer that has an epoch already.
    private static Question resume(String what, String id, UnaryOperator<Producer> as) {
        Question plain = begin(what, id, _ -> {});
        return new Question(
                plain.api(),
                what,
                List.of(3, 5),
                (told, version) -> {
                    var request = (InitProducerIdRequest) plain.wording().of(told, version);
                    Producer producer = as.apply(told.producer(id));
                    request.producerId = producer.id();
                    request.producerEpoch = producer.epoch();
                    return request;
                },
                plain.learning());
    }

    private static List<Question> beginnings() {
        return List.of(
                begin("without a transactional id", null, _ -> {}),
                begin("a transactional id", "old", _ -> {}),
                begin("another one", "new", _ -> {}).in(5),
                resume("with the epoch that it has", "old", p -> p));
    }

    private static List<Question> refusedBeginnings() {
        return List.of(
                begin("an empty id", "", _ -> {}),
                begin("no time", "bad", r -> r.transactionTimeoutMs = 0),
                begin("less than no time", "bad", r -> r.transactionTimeoutMs = -1),
                begin("too much time", "bad", r -> r.transactionTimeoutMs = 900_001),
                resume(
                        "with another producer's id",
                        "old",
                        p -> new Producer(p.id() + 1_000, p.epoch())),
                resume("with an epoch to come", "old", p -> p.inEpoch(p.epoch() + 5)),
                resume("with an old epoch", "old", p -> p.inEpoch(0)),
                resume("with an id and no epoch", "old", p -> p.inEpoch(-1)),
                begin("with an epoch and no id", "old", r -> r.producerEpoch = 3).in(5));
    }

    // ---- AddPartitionsToTxn, AddOffsetsToTxn, EndTxn, TxnOffsetCommit

    private static Question partitions(
            String what, String id, UnaryOperator<Producer> as, String topic, Integer... indexes) {
        return Question.of(
                ApiKey.ADD_PARTITIONS_TO_TXN,
                what,
                (told, _) -> {
                    var wanted = new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic();
                    wanted.name = TOPIC;
                    wanted.partitions.add(0);
                    var other = new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic();
                    other.name = topic;
                    other.partitions.addAll(List.of(indexes));
                    Producer producer = as.apply(told.producer(id));
                    var request = new AddPartitionsToTxnRequest();
                    request.v3AndBelowTransactionalId = id;
                    request.v3AndBelowProducerId = producer.id();
                    request.v3AndBelowProducerEpoch = producer.epoch();
                    request.v3AndBelowTopics.add(topic.equals(TOPIC) ? other : wanted);
                    if (!topic.equals(TOPIC)) {
                        request.v3AndBelowTopics.add(other);
                    }
                    return request;
                });
    }

    private static Question group(
            String what, String id, UnaryOperator<Producer> as, String group) {
        return Question.of(
                ApiKey.ADD_OFFSETS_TO_TXN,
                what,
                (told, _) -> {
                    Producer producer = as.apply(told.producer(id));
                    var request = new AddOffsetsToTxnRequest();
                    request.transactionalId = id;
                    request.producerId = producer.id();
                    request.producerEpoch = producer.epoch();
                    request.groupId = group;
                    return request;
                });
    }

    private static Question end(
            String what, String id, UnaryOperator<Producer> as, boolean commit) {
        return Question.of(
                        ApiKey.END_TXN,
                        what,
                        (told, _) -> {
                            Producer producer = as.apply(told.producer(id));
                            var request = new EndTxnRequest();
                            request.transactionalId = id;
                            request.producerId = producer.id();
                            request.producerEpoch = producer.epoch();
                            request.committed = commit;
                            return request;
                        })
                .learning(
                        EndTxnResponse.class,
                        (told, ended) -> {
                            if (ended.producerId >= 0) {
                                told.producer(id, ended.producerId, ended.producerEpoch);
                            }
                        });
    }

    private static Question offsets(
            String what, String id, Consumer<TxnOffsetCommitRequest> wording) {
        return Question.of(
                ApiKey.TXN_OFFSET_COMMIT,
                what,
                (told, _) -> {
                    var partition = new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition();
                    partition.committedOffset = 7;
                    var topic = new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic();
                    topic.name = TOPIC;
                    topic.partitions.add(partition);
                    Producer producer = told.producer(id);
                    var request = new TxnOffsetCommitRequest();
                    request.transactionalId = id;
                    request.groupId = GROUP;
                    request.producerId = producer.id();
                    request.producerEpoch = producer.epoch();
                    request.topics.add(topic);
                    wording.accept(request);
                    return request;
                });
    }

    private static TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic topic(
            TxnOffsetCommitRequest request) {
        return request.topics.getFirst();
    }

    private static List<Question> refusedParts() {
        UnaryOperator<Producer> itself = UnaryOperator.identity();
        UnaryOperator<Producer> old = p -> p.inEpoch(p.epoch() - 1);
        UnaryOperator<Producer> early = p -> p.inEpoch(p.epoch() + 1);
        UnaryOperator<Producer> other = p -> new Producer(p.id() + 1_000, p.epoch());
        var all = new ArrayList<Question>();
        all.addAll(
                List.of(
                        partitions("of an unknown id", "nobody", itself, TOPIC, 0),
                        partitions("of an id without a name", "", itself, TOPIC, 0),
                        partitions("of another producer", "old", other, TOPIC, 0),
                        partitions("of an old epoch", "old", old, TOPIC, 0),
                        partitions("of an epoch to come", "old", early, TOPIC, 0),
                        partitions("of a topic that there is not", "old", itself, "none", 0),
                        partitions("that there are not", "old", itself, TOPIC, 0, 99),
                        partitions("of an unknown id and topic", "nobody", itself, "none", 0)));
        all.addAll(
                List.of(
                        group("of an unknown id", "nobody", itself, GROUP),
                        group("of an id without a name", "", itself, GROUP),
                        group("of another producer", "old", other, GROUP),
                        group("of an old epoch", "old", old, GROUP),
                        end("of an unknown id", "nobody", itself, true),
                        end("of an id without a name", "", itself, true),
                        end("of another producer", "old", other, true),
                        end("of an old epoch", "old", old, false),
                        end("of an epoch to come", "old", early, false),
                        end("a transaction that has not begun", "old", itself, true).in(0, 4),
                        end("a transaction that has not begun", "old", itself, false).in(0, 4)));
        return all;
    }

    // ---- records

    private static Question append(
            String what, String id, UnaryOperator<Producer> as, int partition, int sequence) {
        return Question.of(
                        ApiKey.PRODUCE,
                        what,
                        (told, version) -> {
                            Producer producer = as.apply(told.producer(id));
                            var data = new ProduceRequest.PartitionProduceData();
                            data.index = partition;
                            data.records =
                                    new BufferRecords(
                                            Batches.plain()
                                                    .producer(
                                                            producer.id(),
                                                            producer.epoch(),
                                                            sequence)
                                                    .transactional()
                                                    .at(NOW_MS, 0)
                                                    .of("paid"));
                            var topic = new ProduceRequest.TopicProduceData();
                            if (version < 13) {
                                topic.name = TOPIC;
                            } else {
                                topic.topicId = told.topicId(TOPIC);
                            }
                            topic.partitionData.add(data);
                            var request = new ProduceRequest();
                            request.transactionalId = id;
                            request.acks = -1;
                            request.timeoutMs = 10_000;
                            request.topicData.add(topic);
                            return request;
                        })
                .in(11);
    }

    private static Question records(String what, int partition) {
        return Question.of(
                        ApiKey.FETCH,
                        what,
                        (_, _) -> {
                            var wanted = new FetchRequest.FetchPartition();
                            wanted.partition = partition;
                            wanted.partitionMaxBytes = 1 << 20;
                            var topic = new FetchRequest.FetchTopic();
                            topic.topic = TOPIC;
                            topic.partitions.add(wanted);
                            var request = new FetchRequest();
                            request.maxBytes = 1 << 20;
                            request.isolationLevel = 1;
                            request.topics.add(topic);
                            return request;
                        })
                .in(4, 12);
    }

    private static Question lastStable(String what, int partition) {
        return Question.of(
                        ApiKey.LIST_OFFSETS,
                        what,
                        (_, _) -> {
                            var wanted = new ListOffsetsRequest.ListOffsetsPartition();
                            wanted.partitionIndex = partition;
                            wanted.timestamp = -1;
                            var topic = new ListOffsetsRequest.ListOffsetsTopic();
                            topic.name = TOPIC;
                            topic.partitions.add(wanted);
                            var request = new ListOffsetsRequest();
                            request.replicaId = -1;
                            request.isolationLevel = 1;
                            request.topics.add(topic);
                            return request;
                        })
                .in(2, 11);
    }

    private static Question description(String what, String... ids) {
        return Question.of(
                ApiKey.DESCRIBE_TRANSACTIONS,
                what,
                (_, _) -> {
                    var request = new DescribeTransactionsRequest();
                    request.transactionalIds.addAll(List.of(ids));
                    return request;
                });
    }

    // ---- whole transactions

    private static List<Question> oldWay() {
        UnaryOperator<Producer> itself = UnaryOperator.identity();
        var all = new ArrayList<Question>();
        all.add(TopicQuestions.creation("the topic of transactions", TOPIC, 2));
        all.addAll(
                List.of(
                        append("of no partition of the transaction", "old", itself, 0, 0),
                        partitions("of the transaction", "old", itself, TOPIC, 0),
                        append("of a transaction", "old", itself, 0, 0),
                        append("of a partition that is not in it", "old", itself, 1, 0),
                        append("of an old epoch", "old", p -> p.inEpoch(p.epoch() - 1), 0, 1),
                        append("of an unknown id", "nobody", itself, 0, 0),
                        lastStable("amid a transaction", 0),
                        records("amid a transaction", 0),
                        offsets("before the group is in it", "old", _ -> {}).in(0, 4),
                        group("of the transaction", "old", itself, GROUP),
                        group("without a name", "old", itself, ""),
                        offsets("of the transaction", "old", _ -> {}).in(0, 4),
                        offsets("of no topic", "old", r -> topic(r).name = "none").in(0, 4),
                        offsets("of no group", "old", r -> r.groupId = "").in(0, 4),
                        offsets(
                                        "of a group with a member",
                                        "old",
                                        r -> {
                                            r.memberId = "nobody";
                                            r.generationId = 4;
                                        })
                                .in(3, 4),
                        offsets("of an old epoch", "old", r -> r.producerEpoch--).in(0, 4),
                        GroupQuestions.offsets("that are pending", GROUP, TOPIC, false, 0),
                        GroupQuestions.offsets("that are pending, stable", GROUP, TOPIC, true, 0)
                                .in(7, 10),
                        description("open ones and others", "old", "new", "nobody", "")));
        all.addAll(
                List.of(
                        end("the transaction", "old", itself, true).in(0),
                        end("the transaction once more", "old", itself, true).in(0, 4),
                        end("in the other way", "old", itself, false).in(0, 4),
                        lastStable("after a commit", 0),
                        records("after a commit", 0),
                        GroupQuestions.offsets("that are committed", GROUP, TOPIC, true, 0)
                                .in(7, 10),
                        append("after the end", "old", itself, 0, 1),
                        partitions("of the next", "old", itself, TOPIC, 0, 1),
                        append("that will be aborted", "old", itself, 0, 1),
                        append("that will be aborted", "old", itself, 1, 0),
                        end("to abort", "old", itself, false).in(4),
                        end("to abort once more", "old", itself, false).in(4),
                        records("after an abort", 0),
                        records("after an abort", 1),
                        description("that are over", "old")));
        return all;
    }

    private static List<Question> newWay() {
        UnaryOperator<Producer> itself = UnaryOperator.identity();
        UnaryOperator<Producer> before = p -> p.inEpoch(p.epoch() - 1);
        return List.of(
                append("without a word before", "new", itself, 0, 0).in(12),
                append("without a word before", "new", itself, 1, 0).in(13),
                append("the second", "new", itself, 0, 1).in(13),
                append("of an old epoch", "new", before, 0, 2).in(12),
                append("of an epoch to come", "new", p -> p.inEpoch(p.epoch() + 1), 0, 2).in(12),
                append("of an unknown id", "nobody", itself, 0, 0).in(12),
                offsets("without a word before", "new", _ -> {}).in(5),
                offsets("of an old epoch", "new", r -> r.producerEpoch--).in(5),
                offsets("of an unknown id", "nobody", _ -> {}).in(5),
                description("an open one", "new"),
                end("the transaction", "new", itself, true).in(5),
                end("the transaction once more", "new", before, true).in(5),
                end("in the other way", "new", before, false).in(5),
                records("after the commit", 0),
                append("of the next", "new", itself, 1, 0).in(12),
                end("to abort", "new", itself, false).in(5),
                end("to abort nothing", "new", itself, false).in(5),
                end("to commit nothing", "new", itself, true).in(5),
                records("after the abort", 1),
                description("after all", "new"));
    }

    // ---- ListTransactions

    private static Question list(String what, Consumer<ListTransactionsRequest> wording) {
        return Question.of(
                ApiKey.LIST_TRANSACTIONS,
                what,
                (_, _) -> {
                    var request = new ListTransactionsRequest();
                    wording.accept(request);
                    return request;
                });
    }

    private static List<Question> lists() {
        return List.of(
                list("all", _ -> {}),
                list("by state", r -> r.stateFilters.addAll(List.of("CompleteAbort", "Ongoing"))),
                list("by a state that there is not", r -> r.stateFilters.add("Asleep")),
                list("by a state in lower case", r -> r.stateFilters.add("ongoing")),
                list("by producer", r -> r.producerIdFilters.add(12_345_678L)),
                list("by age", r -> r.durationFilter = 1_000_000L).in(1, 2),
                list("by less than no age", r -> r.durationFilter = -5L).in(1, 2),
                list("by name", r -> r.transactionalIdPattern = "o.*").in(2),
                list("by a bad pattern", r -> r.transactionalIdPattern = "(").in(2));
    }

    // ---- successors

    private static List<Question> takeovers() {
        UnaryOperator<Producer> itself = UnaryOperator.identity();
        return List.of(
                begin("a third", "third", _ -> {}).in(3),
                partitions("of an open transaction", "third", itself, TOPIC, 0).in(3),
                begin("amid a transaction", "third", _ -> {}).in(5),
                description("after a takeover", "third"),
                partitions("of the one before", "third", p -> p.inEpoch(0), TOPIC, 0));
    }
}
