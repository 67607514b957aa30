package io.sinew.log;

import io.sinew.base.ErrorCode;

/// A record for whose sake its batch is refused.
///
/// @param index its number in the batch
/// @param reason for people
public record RefusedRecord(int index, ErrorCode code, String reason) {}
