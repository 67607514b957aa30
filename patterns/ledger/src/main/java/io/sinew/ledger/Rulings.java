package io.sinew.ledger;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// What a consumer says, in the state's terms.
final class Rulings {
    private Rulings() {}

    /// The change that follows from a verdict, applied.
    ///
    /// @return nothing when the message is not that consumer's
    static Optional<LedgerOp> decide(
            LedgerState state, Receipt receipt, Verdict verdict, long nowMs) {
        long offset = receipt.offset();
        int lease = receipt.lease();
        return switch (verdict) {
            case Verdict.Done() -> state.ack(offset, lease);
            case Verdict.Failed(Optional<Duration> delay, String cause) -> {
                OptionalLong ms =
                        delay.isPresent()
                                ? OptionalLong.of(delay.get().toMillis())
                                : OptionalLong.empty();
                yield state.fail(offset, lease, ms, cause, nowMs);
            }
            case Verdict.Returned(Duration delay) ->
                    state.giveBack(offset, lease, delay.toMillis(), nowMs);
            case Verdict.Rejected(String cause) -> state.reject(offset, lease, cause, nowMs);
            case Verdict.Extended(Duration more) ->
                    state.extend(offset, lease, nowMs + more.toMillis());
        };
    }
}
