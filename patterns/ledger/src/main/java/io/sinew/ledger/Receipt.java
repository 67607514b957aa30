package io.sinew.ledger;

/// By which a consumer names a message that it has. Only the newest lease of a message counts.
public record Receipt(int partition, long offset, int lease) {}
