package io.sinew.ledger;

/// A live message as somebody sees it who only looks.
///
/// @param dueMs when it is ready, if it is delayed, or its lease runs out; else 0
public record SeenMessage(long offset, MessagePlace place, int failures, long dueMs) {}
