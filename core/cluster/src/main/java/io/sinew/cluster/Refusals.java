package io.sinew.cluster;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/// What kafka-clients throw, as refusals of the port. What they try again by themselves has been
/// tried again when it comes here.
///
/// @param bootstrap for messages
record Refusals(String bootstrap) {
    private static final Map<Class<? extends KafkaException>, ErrorCode> CODES = codes();

    private static Map<Class<? extends KafkaException>, ErrorCode> codes() {
        var codes = new LinkedHashMap<Class<? extends KafkaException>, ErrorCode>();
        codes.put(UnknownTopicOrPartitionException.class, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        codes.put(UnknownTopicIdException.class, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        codes.put(TopicExistsException.class, ErrorCode.TOPIC_ALREADY_EXISTS);
        codes.put(InvalidTopicException.class, ErrorCode.INVALID_TOPIC_NAME);
        codes.put(InvalidPartitionsException.class, ErrorCode.INVALID_PARTITIONS);
        codes.put(InvalidReplicationFactorException.class, ErrorCode.INVALID_REPLICATION_FACTOR);
        codes.put(InvalidConfigurationException.class, ErrorCode.INVALID_CONFIG);
        codes.put(PolicyViolationException.class, ErrorCode.POLICY_VIOLATION);
        codes.put(RecordTooLargeException.class, ErrorCode.BATCH_TOO_LARGE);
        codes.put(RecordBatchTooLargeException.class, ErrorCode.BATCH_TOO_LARGE);
        codes.put(org.apache.kafka.common.InvalidRecordException.class, ErrorCode.INVALID_RECORD);
        codes.put(InvalidTimestampException.class, ErrorCode.INVALID_TIMESTAMP);
        codes.put(OffsetOutOfRangeException.class, ErrorCode.OFFSET_OUT_OF_RANGE);
        codes.put(ProducerFencedException.class, ErrorCode.PRODUCER_FENCED);
        codes.put(InvalidProducerEpochException.class, ErrorCode.PRODUCER_FENCED);
        codes.put(UnknownMemberIdException.class, ErrorCode.UNKNOWN_MEMBER_ID);
        codes.put(FencedMemberEpochException.class, ErrorCode.UNKNOWN_MEMBER_ID);
        codes.put(StaleMemberEpochException.class, ErrorCode.UNKNOWN_MEMBER_ID);
        codes.put(InvalidGroupIdException.class, ErrorCode.INVALID_GROUP_ID);
        codes.put(OffsetMetadataTooLarge.class, ErrorCode.OFFSET_METADATA_TOO_LARGE);
        codes.put(UnsupportedVersionException.class, ErrorCode.UNSUPPORTED_VERSION);
        return codes;
    }

    /// A failure's own cause, without what futures wrap around it.
    static Throwable bare(Throwable failure) {
        Throwable bare = failure;
        while ((bare instanceof ExecutionException || bare instanceof CompletionException)
                && bare.getCause() != null) {
            bare = bare.getCause();
        }
        return bare;
    }

    /// Whether somebody else has the name by now. A coordinator that has ended the transaction of a
    /// fenced producer says `INVALID_TXN_STATE` when that comes to end it, too.
    static boolean fenced(Throwable failure) {
        for (Throwable at = bare(failure); at != null; at = at.getCause()) {
            if (at instanceof ProducerFencedException
                    || at instanceof InvalidProducerEpochException
                    || at instanceof InvalidTxnStateException) {
                return true;
            }
        }
        return false;
    }

    /// The refusal for what a client threw.
    ///
    /// @param what was asked for: `creating topic orders`
    SinewException of(Throwable failure, String what) {
        Throwable bare = bare(failure);
        if (bare instanceof SinewException refusal) {
            return refusal;
        }
        ErrorCode code = code(bare);
        if (code != ErrorCode.ENGINE_UNAVAILABLE) {
            return new SinewException(code, what + ": " + bare.getMessage(), bare);
        }
        return unavailable(what, bare);
    }

    /// Turns an interruption back into Java's own, and anything else into its refusal.
    RuntimeException orInterrupted(Throwable failure, String what) throws InterruptedException {
        if (bare(failure) instanceof InterruptException) {
            // It left the mark on the thread, which the exception stands for.
            boolean interrupted = Thread.interrupted();
            throw new InterruptedException(what + (interrupted ? " was interrupted" : ""));
        }
        return of(failure, what);
    }

    private static ErrorCode code(Throwable failure) {
        for (var entry : CODES.entrySet()) {
            if (entry.getKey().isInstance(failure)) {
                return entry.getValue();
            }
        }
        return ErrorCode.ENGINE_UNAVAILABLE;
    }

    SinewException unavailable(String what, Throwable cause) {
        String advice =
                cause instanceof AuthorizationException || cause instanceof AuthenticationException
                        ? "give its user the right for that, or Sinew another user"
                        : "check that its brokers run, that this address is theirs, and that the"
                                + " client properties for TLS and SASL are what they ask for";
        return new SinewException(
                ErrorCode.ENGINE_UNAVAILABLE,
                what
                        + ": the Kafka cluster at "
                        + bootstrap
                        + " did not do it ("
                        + (cause.getMessage() == null ? cause : cause.getMessage())
                        + "); "
                        + advice,
                cause);
    }
}
