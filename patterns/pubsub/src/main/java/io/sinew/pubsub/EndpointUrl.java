package io.sinew.pubsub;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/// Where a webhook goes, taken apart.
///
/// @param host a name, or an address without brackets
/// @param target path and query, as they stand in a request
/// @param authority host and port, as they stand in a request
record EndpointUrl(boolean https, String host, int port, String target, String authority) {
    /// Characters of a URL.
    static final int CHARS_MAX = 2_048;

    /// Reads a URL.
    ///
    /// @throws SinewException `INVALID_CONFIG`, without what the URL may have of passwords
    static EndpointUrl parse(String text) {
        require(text.length() <= CHARS_MAX, "has " + CHARS_MAX + " characters at most");
        URI uri = uri(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean https = scheme.equals("https");
        require(https || scheme.equals("http"), "begins with https:// or http://");
        require(
                uri.getRawUserInfo() == null && !authority(uri).contains("@"),
                "has no user and password in front of its host: anybody who sees it would know"
                        + " them");
        require(uri.getRawFragment() == null, "has no '#': what is behind it is never sent");
        String host = uri.getHost();
        require(
                host != null && !host.isEmpty() && !host.contains("%"),
                "has the name of a host, of letters, digits, '-' and '.' (others as xn--…), or an"
                        + " address");
        int port = uri.getPort() == -1 ? (https ? 443 : 80) : uri.getPort();
        require(port >= 1 && port <= 65_535, "has a port from 1 to 65535");
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        require(target.chars().allMatch(c -> c > ' ' && c < 0x7f), "is of ASCII, others as %…");
        boolean usual = port == (https ? 443 : 80);
        return new EndpointUrl(
                https, withoutBrackets(host), port, target, usual ? host : host + ":" + port);
    }

    private static URI uri(String text) {
        try {
            URI uri = new URI(text);
            require(!uri.isOpaque(), "is written as https://host/path");
            return uri;
        } catch (URISyntaxException e) {
            // Its message has the whole URL in it, and with that what it may have of passwords.
            throw refused("can be read, and not with " + e.getReason() + " at " + e.getIndex());
        }
    }

    private static String authority(URI uri) {
        return uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw refused(what);
        }
    }

    private static SinewException refused(String what) {
        return new SinewException(ErrorCode.INVALID_CONFIG, "the URL of an endpoint " + what);
    }

    /// The address, where the URL has one in place of a name.
    Optional<InetAddress> literal() {
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
