package io.sinew.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a ledger gives to a consumer.
///
/// @param lease empty when there is nothing
/// @param doomed changes to messages that were next and had expired
/// @param messages those of the lease
record LedgerDelivery(
        Optional<LedgerOp.Leased> lease, List<LedgerOp> doomed, List<HandedMessage> messages) {
    LedgerDelivery {
        doomed = List.copyOf(doomed);
        messages = List.copyOf(messages);
    }

    /// All changes that it comes from, in their order.
    List<LedgerOp> ops() {
        var ops = new ArrayList<LedgerOp>(doomed);
        lease.ifPresent(ops::add);
        return ops;
    }
}
