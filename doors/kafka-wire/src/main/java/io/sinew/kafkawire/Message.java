package io.sinew.kafkawire;

import java.util.UUID;

/// One request, response or header of the protocol: a mutable struct with public fields, named as
/// in its schema. The generated classes also have `static T read(WireReader in, int version)`.
///
/// A field that the schema lists but a version lacks keeps its default when read. When written it
/// is left out if the schema calls it ignorable or if it has its default; any other value is
/// refused.
public interface Message {
    /// The id of nothing: the default of every uuid field.
    UUID ZERO_UUID = new UUID(0, 0);

    /// The default of every bytes field.
    byte[] NO_BYTES = {};

    /// Appends this message as `version` says it.
    ///
    /// @throws WireException if `version` is not served or cannot say what the fields hold
    void write(WireWriter out, int version);

    /// Tells the client, in a response that has a field for it, for how many milliseconds the
    /// broker will not listen to it (KIP-219).
    default void tellThrottle(int timeMs) {}
}
