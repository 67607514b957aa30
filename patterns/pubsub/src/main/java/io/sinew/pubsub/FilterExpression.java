package io.sinew.pubsub;

/// A filter that was read, in either dialect. Immutable.
sealed interface FilterExpression permits FilterPattern, FilterEvents {
    boolean matches(FilterSubject subject);
}
