package io.sinew.pubsub;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// What turns the name of a host into its addresses. It may block for long, and is called on a
/// thread that has nothing else to do.
@FunctionalInterface
interface EndpointLookup {
    /// The addresses of a host, one at least.
    ///
    /// @throws UnknownHostException when there are none
    List<InetAddress> addresses(String host) throws UnknownHostException;

    /// That of this machine.
    static EndpointLookup system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
