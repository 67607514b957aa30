package io.sinew.broker;

import java.util.OptionalDouble;

/// A change of one quota of an entity.
///
/// @param limit empty to remove it
public record QuotaEdit(QuotaKind kind, OptionalDouble limit) {}
