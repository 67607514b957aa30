package io.sinew.pubsub;

import java.time.Duration;
import java.util.Optional;

/// What became of one attempt to push a message.
sealed interface PushOutcome {
    /// The endpoint has it.
    record Delivered(int status) implements PushOutcome {}

    /// 410: the endpoint wants no more, of this message or any other.
    record Gone() implements PushOutcome {}

    /// 429, 502, 503, 504: it is too much at the moment.
    ///
    /// @param retryAfter what the answer asks for, if anything, and no more than is granted
    record Throttled(int status, Optional<Duration> retryAfter) implements PushOutcome {}

    /// Any other answer, with what it asks for as in [Throttled].
    record Refused(int status, Optional<Duration> retryAfter) implements PushOutcome {}

    /// No answer that counts.
    ///
    /// @param cause in a few words
    record Unanswered(PushTrouble trouble, String cause) implements PushOutcome {}

    /// Whether the endpoint itself seems to be in trouble. What it says of one message alone (it
    /// can't read it, it is too long, it conflicts with something) is a sign of life.
    default boolean isTroubleOfEndpoint() {
        return switch (this) {
            case Delivered _, Gone _ -> false;
            case Throttled(int status, Optional<Duration> _) -> status != 429;
            case Refused(int status, Optional<Duration> _) ->
                    switch (status) {
                        case 400, 409, 413, 415, 422, 431 -> false;
                        default -> true;
                    };
            case Unanswered _ -> true;
        };
    }

    /// Why it failed, if it did.
    default Optional<PushTrouble> reason() {
        return switch (this) {
            case Delivered _, Gone _ -> Optional.empty();
            case Throttled _ -> Optional.of(PushTrouble.THROTTLED);
            case Refused(int status, Optional<Duration> _) -> Optional.of(troubleOf(status));
            case Unanswered(PushTrouble trouble, String _) -> Optional.of(trouble);
        };
    }

    private static PushTrouble troubleOf(int status) {
        if (status < 400) {
            return PushTrouble.REDIRECT;
        }
        return status < 500 ? PushTrouble.CLIENT_ERROR : PushTrouble.SERVER_ERROR;
    }

    /// What the endpoint asks us to wait for, if it does.
    default Optional<Duration> askedWait() {
        return switch (this) {
            case Delivered _, Gone _, Unanswered _ -> Optional.empty();
            case Throttled(int _, Optional<Duration> retryAfter) -> retryAfter;
            case Refused(int _, Optional<Duration> retryAfter) -> retryAfter;
        };
    }

    /// In a few words, for whoever looks at the message.
    default String cause() {
        return switch (this) {
            case Delivered(int status) -> "answered " + status;
            case Gone() -> "answered 410: it wants no more messages";
            case Throttled(int status, Optional<Duration> after) ->
                    "answered " + status + asked(after);
            case Refused(int status, Optional<Duration> after) when status < 400 ->
                    "answered " + status + ", and redirects are not followed" + asked(after);
            case Refused(int status, Optional<Duration> after) ->
                    "answered " + status + asked(after);
            case Unanswered(PushTrouble _, String cause) -> cause;
        };
    }

    private static String asked(Optional<Duration> after) {
        return after.map(time -> ", to be tried after " + time.toSeconds() + " s").orElse("");
    }
}
