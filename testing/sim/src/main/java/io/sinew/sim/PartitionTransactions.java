package io.sinew.sim;

import io.sinew.base.ErrorCode;
import io.sinew.log.BatchV2Format;
import io.sinew.log.MarkerV0Format;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The transactions of one partition, as its batches and markers tell.
final class PartitionTransactions {
    /// Records of transactions that are open, by producer.
    private final Map<Long, List<Stored>> open = new HashMap<>();

    private final List<Ended> ended = new ArrayList<>();
    private final Map<Long, Admission> admitted = new HashMap<>();

    private record Ended(long firstOffset, long markerOffset) {}

    /// @param fromZero whether a producer that is new here has to begin with sequence 0
    private record Admission(int epoch, boolean fromZero) {}

    /// Takes in a producer's batch or marker.
    void remember(Stored stored) {
        if (stored.isControl()) {
            end(stored);
        } else if (stored.isTransactional()) {
            stored.outcome = Stored.Outcome.OPEN;
            open.computeIfAbsent(stored.producerId(), _ -> new ArrayList<>()).add(stored);
        }
    }

    private void end(Stored marker) {
        admitted.remove(marker.producerId());
        List<Stored> records = open.remove(marker.producerId());
        if (records != null) {
            boolean commit = MarkerV0Format.decode(marker.bytes(), 0).orElseThrow().commit();
            Stored.Outcome outcome = commit ? Stored.Outcome.COMMITTED : Stored.Outcome.ABORTED;
            records.forEach(each -> each.outcome = outcome);
            ended.add(new Ended(records.getFirst().baseOffset(), marker.baseOffset()));
        }
    }

    void clear() {
        open.clear();
        ended.clear();
        admitted.clear();
    }

    /// The coordinator has taken the partition into the producer's transaction.
    void admit(long producerId, int epoch, boolean fromZero) {
        admitted.put(producerId, new Admission(epoch, fromZero));
    }

    /// Where the producer's open transaction begins; -1 when none is open.
    long firstOpen(long producerId) {
        List<Stored> records = open.get(producerId);
        return records == null ? -1 : records.getFirst().baseOffset();
    }

    /// Where the first open transaction of any other producer begins.
    long firstOpenWithout(long producerId) {
        return open.entrySet().stream()
                .filter(entry -> entry.getKey() != producerId)
                .mapToLong(entry -> entry.getValue().getFirst().baseOffset())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /// Where nothing before is open, nor ended by a marker that is not before `end`.
    long lastStable(long end) {
        ended.removeIf(each -> each.markerOffset() < end);
        long stable = Math.min(end, firstOpenWithout(-1));
        for (Ended each : ended) {
            stable = Math.min(stable, each.firstOffset());
        }
        return stable;
    }

    /// Why a batch whose sequence is right must not be taken, if so.
    ///
    /// @param unknown whether the partition remembers nothing of its producer
    Optional<ErrorCode> refusal(ByteBuffer batch, boolean unknown) {
        long producerId = BatchV2Format.producerId(batch, 0);
        if (!BatchV2Format.isTransactional(batch, 0)) {
            return open.containsKey(producerId)
                    ? Optional.of(ErrorCode.INVALID_TXN_STATE)
                    : Optional.empty();
        }
        Admission admission = admitted.get(producerId);
        if (admission == null || admission.epoch() != BatchV2Format.producerEpoch(batch, 0)) {
            return Optional.of(ErrorCode.TRANSACTION_ABORTABLE);
        }
        boolean late = BatchV2Format.baseSequence(batch, 0) != 0;
        return unknown && late && admission.fromZero()
                ? Optional.of(ErrorCode.OUT_OF_ORDER_SEQUENCE)
                : Optional.empty();
    }
}
