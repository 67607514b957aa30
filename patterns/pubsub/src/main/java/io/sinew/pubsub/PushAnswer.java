package io.sinew.pubsub;

import java.util.Optional;

/// What an endpoint answered.
///
/// @param retryAfter the header of that name, if there was one
/// @param reusable whether its connection may have another request
record PushAnswer(int status, Optional<String> retryAfter, boolean reusable) {}
