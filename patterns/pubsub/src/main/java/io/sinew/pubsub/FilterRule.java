package io.sinew.pubsub;

/// What a pattern asks of one field.
///
/// @param alternatives what its value may be
/// @param takesAny whether any value will do (`exists: true`)
/// @param takesNone whether it may be missing (`exists: false`)
record FilterRule(FilterAlternatives alternatives, boolean takesAny, boolean takesNone) {
    boolean matches(FilterValue value) {
        return takesAny || alternatives.matches(value);
    }
}
