package io.sinew.log;

/// How a topic's batches are stored, whatever their producers chose (`compression.type`).
///
/// @param level for the codecs that have levels; of no meaning for the others
public record Packing(Compression codec, int level) {}
