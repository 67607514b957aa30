package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Partition;
import io.sinew.broker.ReadWaits;
import io.sinew.broker.Topic;
import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.FetchResponse;
import io.sinew.kafkawire.Message;
import io.sinew.log.AbortedTransaction;
import io.sinew.log.CommittedRead;
import io.sinew.log.LogRead;
import io.sinew.log.LogSlice;
import io.sinew.log.PartitionLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/// `Fetch`: reads durable batches, in the order in which the partitions were named, and waits for
/// some when there are too few. The records go from the log's files and buffers to the socket as
/// they are.
final class FetchHandler implements Handler<FetchRequest> {
    /// A client that asks for a longer wait gets an answer after this.
    private static final int MAX_WAIT_MS = 60_000;

    private final Broker broker;
    private final TopicLookup lookup;
    private final ReadWaits waits;
    private final int maxBytes;
    private final DoorCounts counts;
    private final Charges charges;
    private final FetchSessions sessions;

    FetchHandler(Broker broker, ReadWaits waits, int maxBytes, DoorCounts counts, Charges charges) {
        this.broker = broker;
        this.counts = counts;
        this.charges = charges;
        this.lookup = new TopicLookup(broker);
        this.waits = waits;
        this.maxBytes = maxBytes;
        this.sessions = new FetchSessions(broker.clock());
    }

    @Override
    public Reply handle(FetchRequest request, Caller caller) {
        Optional<FetchSession> session;
        try {
            // Versions before 7 know no sessions; their epoch reads as the final one.
            session = sessions.of(request);
        } catch (SinewException e) {
            var response = new FetchResponse();
            response.errorCode = KafkaErrors.of(e.code());
            return Reply.now(response);
        }
        int mostBytes = charges.fetchMostBytes(caller.clientId(), maxBytes);
        return new FetchReply(FetchPlan.of(request, session, mostBytes), caller.clientId());
    }

    /// What was read from one partition.
    ///
    /// @param offset where reading began
    /// @param end where it could have ended
    /// @param limitBytes what could have been read
    private record Found(LogRead read, long offset, long end, int limitBytes) {
        /// Whether there is more that the limit had room for: a read goes no further than to the
        /// end of a segment. The rest is for the next fetch, and however long this one waits, it
        /// gets no more.
        boolean isCutShort() {
            if (read.slice().sizeBytes() >= limitBytes || offset == read.endOffset()) {
                return false;
            }
            var sent = new EndOfBatches(offset);
            try {
                read.slice().writeTo(sent);
            } catch (IOException e) {
                // Sending it will fail as well, and need not be waited for.
                return true;
            }
            return sent.nextOffset() < end;
        }
    }

    private final class FetchReply implements Reply {
        private final FetchPlan plan;
        private final String clientId;
        private final List<Found> all = new ArrayList<>();
        private long readNanos;
        private int pauseMs;

        FetchReply(FetchPlan plan, String clientId) {
            this.plan = plan;
            this.clientId = clientId;
        }

        @Override
        public Optional<Message> await() throws InterruptedException {
            List<FetchResponse.PartitionData> read = timedReadAll();
            if (mustWait(read)) {
                close();
                awaitData();
                read = timedReadAll();
            }
            Charges.Fetch charged = charges.ofFetch(clientId, sizeOf(read), readNanos);
            pauseMs = charged.pauseMs();
            if (!charged.hasRecords()) {
                close();
                return Optional.of(nothingForNow());
            }
            return Optional.of(response(read));
        }

        @Override
        public OptionalInt pauseMs() {
            return OptionalInt.of(pauseMs);
        }

        /// For a client that has to pause: the next fetch will find what this one would have told.
        private FetchResponse nothingForNow() {
            var response = new FetchResponse();
            if (plan.full()) {
                // The client hears of no partition, so it has no session, and makes a full fetch
                // again.
                plan.session().ifPresent(sessions::end);
            } else {
                response.sessionId =
                        plan.session().map(FetchSession::id).orElse(FetchSession.NO_SESSION);
            }
            return response;
        }

        private static long sizeOf(List<FetchResponse.PartitionData> read) {
            return read.stream()
                    .mapToLong(data -> data.records == null ? 0 : data.records.sizeBytes())
                    .sum();
        }

        private List<FetchResponse.PartitionData> timedReadAll() {
            long startNanos = broker.clock().nanos();
            List<FetchResponse.PartitionData> read = readAll();
            readNanos += broker.clock().nanos() - startNanos;
            return read;
        }

        private List<FetchResponse.PartitionData> readAll() {
            int room = plan.maxBytes();
            var all = new ArrayList<FetchResponse.PartitionData>();
            boolean first = true;
            for (FetchPlan.Read read : plan.reads()) {
                FetchResponse.PartitionData data = read(read, room, first);
                all.add(data);
                int size = data.records == null ? 0 : data.records.sizeBytes();
                room = Math.max(0, room - size);
                first &= size == 0;
            }
            return all;
        }

        private FetchResponse.PartitionData read(FetchPlan.Read read, int room, boolean first) {
            var data = new FetchResponse.PartitionData();
            data.partitionIndex = read.key().partition();
            data.records = new SliceRecords(LogSlice.empty());
            try {
                readInto(data, read, room, first);
            } catch (SinewException e) {
                refuse(data, KafkaErrors.of(e.code()));
            } catch (IOException e) {
                refuse(data, KafkaErrors.STORAGE_ERROR);
            }
            return data;
        }

        private void readInto(
                FetchResponse.PartitionData data, FetchPlan.Read read, int room, boolean first)
                throws IOException {
            Topic topic = lookup.topic(read.key().topic(), read.key().topicId());
            Partition partition = lookup.partition(topic, read.key().partition());
            FetchRequest.FetchPartition wanted = read.wanted();
            data.abortedTransactions = null;
            lookup.requireEpoch(wanted.currentLeaderEpoch);
            PartitionLog log = partition.log();
            if (diverges(log, wanted, data)) {
                return;
            }
            int limit = Math.min(room, wanted.partitionMaxBytes);
            // The very first batch is sent whatever its size (KIP-74), or a reader could get stuck.
            long stable = partition.lastStableOffset();
            long end = plan.committed() ? stable : Long.MAX_VALUE;
            LogRead found;
            if (plan.committed()) {
                CommittedRead committed = log.readCommitted(wanted.fetchOffset, end, limit, first);
                data.abortedTransactions = told(committed.aborted());
                found = committed.read();
            } else {
                found = log.read(wanted.fetchOffset, limit, first);
            }
            long last = Math.min(end, found.endOffset());
            all.add(new Found(found, wanted.fetchOffset, last, limit));
            data.records = new SliceRecords(found.slice());
            data.highWatermark = found.endOffset();
            data.lastStableOffset = stable;
            data.logStartOffset = found.logStartOffset();
        }

        private static List<FetchResponse.AbortedTransaction> told(
                List<AbortedTransaction> aborted) {
            var all = new ArrayList<FetchResponse.AbortedTransaction>();
            for (AbortedTransaction transaction : aborted) {
                var told = new FetchResponse.AbortedTransaction();
                told.producerId = transaction.producerId();
                told.firstOffset = transaction.firstOffset();
                all.add(told);
            }
            return all;
        }

        /// Tells a client that read something else than the log holds where the two part (KIP-595).
        private static boolean diverges(
                PartitionLog log,
                FetchRequest.FetchPartition wanted,
                FetchResponse.PartitionData data) {
            if (wanted.lastFetchedEpoch < 0) {
                return false;
            }
            var end = log.epochs().endOf(wanted.lastFetchedEpoch, log.endOffset());
            boolean stands =
                    end.offset() >= wanted.fetchOffset && end.epoch() == wanted.lastFetchedEpoch;
            // Of a log that has never had a record nothing is known: its offsets decide.
            if (stands || end.epoch() < 0) {
                return false;
            }
            data.divergingEpoch.epoch = end.epoch();
            data.divergingEpoch.endOffset = end.offset();
            data.highWatermark = log.endOffset();
            data.lastStableOffset = log.endOffset();
            data.logStartOffset = log.logStartOffset();
            return true;
        }

        private static void refuse(FetchResponse.PartitionData data, short error) {
            data.errorCode = error;
            data.highWatermark = -1;
            data.lastStableOffset = -1;
            data.logStartOffset = -1;
        }

        private boolean mustWait(List<FetchResponse.PartitionData> read) {
            return plan.maxWaitMs() > 0
                    && !plan.reads().isEmpty()
                    && availableBytes(read) < plan.minBytes();
        }

        /// The records' bytes, or more than can be asked for when there is something else to tell,
        /// or when waiting would not bring more.
        private long availableBytes(List<FetchResponse.PartitionData> read) {
            long size = 0;
            for (FetchResponse.PartitionData data : read) {
                boolean news = data.errorCode != KafkaErrors.NONE || data.divergingEpoch.epoch >= 0;
                if (news) {
                    return Long.MAX_VALUE;
                }
                size += data.records == null ? 0 : data.records.sizeBytes();
            }
            boolean enough = size >= plan.minBytes() || all.stream().anyMatch(Found::isCutShort);
            return enough ? Long.MAX_VALUE : size;
        }

        private void awaitData() throws InterruptedException {
            var logs = new LinkedHashSet<PartitionLog>();
            for (FetchPlan.Read read : plan.reads()) {
                try {
                    Topic topic = lookup.topic(read.key().topic(), read.key().topicId());
                    logs.add(lookup.partition(topic, read.key().partition()).log());
                } catch (SinewException e) {
                    // Deleted this very moment: the second read says so.
                    return;
                }
            }
            long waitMs = Math.min(plan.maxWaitMs(), MAX_WAIT_MS);
            long deadline = broker.clock().nanos() + TimeUnit.MILLISECONDS.toNanos(waitMs);
            waits.await(logs, plan.minBytes(), this::availableBytes, deadline);
        }

        private long availableBytes() {
            List<FetchResponse.PartitionData> read = readAll();
            long bytes = availableBytes(read);
            close();
            return bytes;
        }

        private FetchResponse response(List<FetchResponse.PartitionData> read) {
            var response = new FetchResponse();
            response.sessionId =
                    plan.session().map(FetchSession::id).orElse(FetchSession.NO_SESSION);
            FetchResponse.FetchableTopicResponse last = new FetchResponse.FetchableTopicResponse();
            for (int i = 0; i < read.size(); i++) {
                FetchKey key = plan.reads().get(i).key();
                FetchResponse.PartitionData data = read.get(i);
                if (data.errorCode != KafkaErrors.NONE) {
                    counts.fetchRefused();
                }
                boolean told =
                        plan.session()
                                .map(known -> known.tell(key, data, plan.full()))
                                .orElse(true);
                if (!told) {
                    continue;
                }
                boolean sameTopic =
                        last.topic.equals(key.topic()) && last.topicId.equals(key.topicId());
                if (!sameTopic || response.responses.isEmpty()) {
                    last = new FetchResponse.FetchableTopicResponse();
                    last.topic = key.topic();
                    last.topicId = key.topicId();
                    response.responses.add(last);
                }
                last.partitions.add(data);
            }
            return response;
        }

        @Override
        public void close() {
            all.forEach(found -> found.read().close());
            all.clear();
        }
    }
}
