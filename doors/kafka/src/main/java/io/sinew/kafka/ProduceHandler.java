package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Partition;
import io.sinew.broker.Topic;
import io.sinew.broker.TransactionalProducer;
import io.sinew.kafkawire.BufferRecords;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.ProduceRequest;
import io.sinew.kafkawire.ProduceResponse;
import io.sinew.log.BatchV2Format;
import io.sinew.log.Commit;
import io.sinew.log.PartitionId;
import io.sinew.log.RefusedRecord;
import io.sinew.log.RefusedRecordsException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `Produce`: appends at once, in the order of the connection's requests, and answers when the
/// appends are as safe as `acks` asks: -1 durable, 1 in the operating system's hands, 0 no answer.
final class ProduceHandler implements Handler<ProduceRequest> {
    /// From here on records take their partition into the transaction (KIP-890).
    private static final int ADDS_PARTITIONS = 12;

    /// From here on a producer can be told to abort its transaction.
    private static final int KNOWS_ABORTABLE = 11;

    private final Broker broker;
    private final TopicLookup lookup;
    private final DoorCounts counts;

    ProduceHandler(Broker broker, DoorCounts counts) {
        this.broker = broker;
        this.counts = counts;
        this.lookup = new TopicLookup(broker);
    }

    @Override
    public Reply handle(ProduceRequest request, Caller caller) throws InterruptedException {
        var response = new ProduceResponse();
        var appends = new ArrayList<Append>();
        // Acks that mean nothing; or the log had no room for long, and each partition would wait as
        // long again.
        @Nullable SinewException refusedAll = checkAcks(request.acks);
        for (ProduceRequest.TopicProduceData data : request.topicData) {
            var topicResponse = new ProduceResponse.TopicProduceResponse();
            topicResponse.name = data.name;
            topicResponse.topicId = data.topicId;
            response.responses.add(topicResponse);
            for (ProduceRequest.PartitionProduceData partitionData : data.partitionData) {
                var partition = new ProduceResponse.PartitionProduceResponse();
                partition.index = partitionData.index;
                topicResponse.partitionResponses.add(partition);
                try {
                    if (refusedAll != null) {
                        throw refusedAll;
                    }
                    admit(request.transactionalId, data, partitionData, caller);
                    appends.add(append(data, partitionData, partition));
                } catch (SinewException e) {
                    refuse(partition, e);
                    partition.errorCode = inVersion(caller.version(), partition.errorCode);
                    if (e.code() == ErrorCode.TIMED_OUT) {
                        refusedAll = e;
                    }
                }
            }
        }
        return request.acks == 0
                ? unanswered(response)
                : new ProduceReply(response, appends, request.acks == 1);
    }

    private static @Nullable SinewException checkAcks(int acks) {
        return acks >= -1 && acks <= 1
                ? null
                : new SinewException(
                        ErrorCode.INVALID_REQUIRED_ACKS, "acks is -1, 0 or 1, not " + acks);
    }

    /// Takes the partition into the producer's transaction, with the first records that it sends
    /// there. Clients before version 12 announce their partitions.
    private void admit(
            @Nullable String transactionalId,
            ProduceRequest.TopicProduceData data,
            ProduceRequest.PartitionProduceData partitionData,
            Caller caller)
            throws InterruptedException {
        if (transactionalId == null
                || caller.version() < ADDS_PARTITIONS
                || !(partitionData.records instanceof BufferRecords records)
                || records.sizeBytes() < BatchV2Format.HEADER_BYTES) {
            return;
        }
        ByteBuffer batch = records.bytes();
        int at = batch.position();
        if (!BatchV2Format.isTransactional(batch, at)) {
            return;
        }
        long producerId = BatchV2Format.producerId(batch, at);
        short epoch = BatchV2Format.producerEpoch(batch, at);
        Topic topic = lookup.topic(data.name, data.topicId);
        if (!lookup.partition(topic, partitionData.index).admits(producerId, epoch)) {
            broker.transactions()
                    .addPartitions(
                            new TransactionalProducer(transactionalId, producerId, epoch),
                            Set.of(new PartitionId(topic.id(), partitionData.index)),
                            true);
        }
    }

    /// In the words that producers expect here: an old epoch is no reason to close for good.
    private static short inVersion(int version, short error) {
        return switch (error) {
            case KafkaErrors.PRODUCER_FENCED -> KafkaErrors.INVALID_PRODUCER_EPOCH;
            case KafkaErrors.TRANSACTION_ABORTABLE ->
                    version < KNOWS_ABORTABLE ? KafkaErrors.INVALID_TXN_STATE : error;
            default -> error;
        };
    }

    /// An append whose answer waits for its commit.
    private record Append(ProduceResponse.PartitionProduceResponse partition, Commit commit) {}

    private Append append(
            ProduceRequest.TopicProduceData data,
            ProduceRequest.PartitionProduceData partitionData,
            ProduceResponse.PartitionProduceResponse response)
            throws InterruptedException {
        Topic topic = lookup.topic(data.name, data.topicId);
        Partition partition = lookup.partition(topic, partitionData.index);
        if (!(partitionData.records instanceof BufferRecords records) || records.sizeBytes() == 0) {
            throw new SinewException(ErrorCode.INVALID_RECORD, "there are no records");
        }
        Partition.Appended appended = partition.append(records.bytes(), broker.clock().nowMs());
        response.baseOffset = appended.baseOffset();
        response.logAppendTimeMs = appended.logAppendMs();
        response.logStartOffset = partition.log().logStartOffset();
        return new Append(response, appended.commit());
    }

    private void refuse(
            ProduceResponse.PartitionProduceResponse partition, SinewException refusal) {
        counts.produceRefused();
        partition.errorCode = KafkaErrors.of(refusal.code());
        partition.errorMessage = refusal.getMessage();
        partition.baseOffset = -1;
        partition.logStartOffset = -1;
        if (refusal instanceof RefusedRecordsException refused) {
            partition.recordErrors =
                    refused.records().stream().map(ProduceHandler::recordError).toList();
        }
    }

    private static ProduceResponse.BatchIndexAndErrorMessage recordError(RefusedRecord record) {
        var error = new ProduceResponse.BatchIndexAndErrorMessage();
        error.batchIndex = record.index();
        error.batchIndexErrorMessage = record.reason();
        return error;
    }

    /// A producer that wants no answers learns of a refusal by losing its connection, as with
    /// Kafka.
    private static Reply unanswered(ProduceResponse response) {
        response.responses.stream()
                .flatMap(topic -> topic.partitionResponses.stream())
                .filter(partition -> partition.errorCode != KafkaErrors.NONE)
                .findFirst()
                .ifPresent(partition -> {
                    throw new CloseConnection(
                            "produce with acks=0 was refused: " + partition.errorMessage);
                });
        return Optional::empty;
    }

    private final class ProduceReply implements Reply {
        private final ProduceResponse response;
        private final List<Append> appends;
        private final boolean writtenIsEnough;

        ProduceReply(ProduceResponse response, List<Append> appends, boolean writtenIsEnough) {
            this.response = response;
            this.appends = appends;
            this.writtenIsEnough = writtenIsEnough;
        }

        @Override
        public Optional<Message> await() throws InterruptedException {
            for (Append append : appends) {
                try {
                    if (writtenIsEnough) {
                        append.commit().awaitWritten();
                    } else {
                        append.commit().awaitDurable();
                    }
                } catch (SinewException e) {
                    refuse(append.partition(), e);
                }
            }
            return Optional.of(response);
        }

        @Override
        public boolean isReady() {
            return appends.stream().allMatch(append -> append.commit().isSettled());
        }
    }
}
