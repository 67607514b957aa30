package io.sinew.pubsub;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// Where webhooks may go. Unless it is said otherwise that is to hosts of the internet by https, so
/// that nobody who may name an endpoint reaches this machine, its network, or a cloud's metadata
/// through it.
///
/// @param allowed addresses that are allowed although they are private or otherwise special; plain
///   http is allowed to them
/// @param httpAllowed whether plain http is allowed to hosts of the internet as well
public record EndpointRules(List<EndpointRange> allowed, boolean httpAllowed) {
    public EndpointRules {
        allowed = List.copyOf(allowed);
    }

    /// The internet by https, and nothing else.
    public static EndpointRules internet() {
        return new EndpointRules(List.of(), false);
    }

    /// As [#internet], and these ranges too.
    ///
    /// @param ranges as `10.0.0.0/8`
    /// @throws SinewException `INVALID_CONFIG`
    public static EndpointRules allowing(String... ranges) {
        return new EndpointRules(
                List.of(ranges).stream().map(EndpointRange::parse).toList(), false);
    }

    /// Refuses an endpoint whose URL says already that nothing would ever be sent there. What its
    /// name leads to is looked at whenever it is connected to.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public void require(String url) {
        EndpointUrl parsed = EndpointUrl.parse(url);
        if (!parsed.https() && !httpAllowed && allowed.isEmpty()) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG, "an endpoint is to be https:// and not http://");
        }
        parsed.literal()
                .flatMap(address -> refusal(address, parsed.https()))
                .ifPresent(refusal -> {
                    throw new SinewException(ErrorCode.INVALID_CONFIG, refusal);
                });
    }

    /// Why nothing may be sent to that address, if so.
    Optional<String> refusal(InetAddress address, boolean https) {
        String number = address.getHostAddress();
        Optional<String> special = EndpointAddress.special(address);
        if (special.isPresent() && !isAllowed(address)) {
            return Optional.of(number + " is " + special.get() + ", and not allowed here");
        }
        Optional<InetAddress> carried = EndpointAddress.carried(address);
        if (carried.isPresent()) {
            // A range of translated addresses is not to open what it leads to.
            return refusal(carried.get(), https);
        }
        return https || httpAllowed || isAllowed(address)
                ? Optional.empty()
                : Optional.of("plain http to " + number + " is not allowed here");
    }

    private boolean isAllowed(InetAddress address) {
        return allowed.stream().anyMatch(range -> range.contains(address));
    }
}
