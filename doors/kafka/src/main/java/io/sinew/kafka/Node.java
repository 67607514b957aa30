package io.sinew.kafka;

import java.net.InetSocketAddress;
import java.util.Optional;

/// This broker as clients are told to reach it.
///
/// @param advertised the address to name; empty to name the one that the client itself used, which
///   is right wherever a client reaches the broker without a translation of addresses
record Node(int id, String clusterId, Optional<InetSocketAddress> advertised) {
    String host(Caller caller) {
        return advertised
                .map(InetSocketAddress::getHostString)
                .orElseGet(() -> caller.reached().getAddress().getHostAddress());
    }

    int port(Caller caller) {
        return advertised.map(InetSocketAddress::getPort).orElse(caller.reached().getPort());
    }
}
