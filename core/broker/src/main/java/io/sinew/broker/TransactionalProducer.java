package io.sinew.broker;

/// Who speaks for a transactional id, as it believes.
public record TransactionalProducer(String transactionalId, long producerId, short epoch) {}
