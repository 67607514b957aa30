package io.sinew.kafka;

import java.net.InetSocketAddress;

/// Who sent a request, and in which version.
///
/// @param clientId what the client calls itself; empty when it doesn't say
/// @param host its address, for people
/// @param reached the address at which the client reached this broker
record Caller(int version, String clientId, String host, InetSocketAddress reached) {}
