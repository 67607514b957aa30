package io.sinew.cluster;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.Map;
import java.util.regex.Pattern;

/// Which cluster, and how to speak to it.
///
/// @param bootstrap `HOST:PORT` of some of its brokers, with commas between them
/// @param prefix begins all names that Sinew gives itself in the cluster: transactional ids, client
///   ids and the groups that share partitions out. Processes that work together have the same one;
///   access rules for it can be given by prefix
/// @param clientProperties handed to every client, by Kafka's names: what TLS and SASL need, or
///   `compression.type`. Those that a promise of the engine hangs on are set over them
public record ClusterSettings(
        String bootstrap, String prefix, Map<String, String> clientProperties) {
    /// What [#prefix] is unless told otherwise.
    public static final String PREFIX = "sinew.";

    private static final int PREFIX_CHARS_MAX = 50;
    private static final Pattern SERVERS =
            Pattern.compile("[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*|(.*,)?\\[[^,]+\\]:\\d.*");
    private static final Pattern PREFIXES = Pattern.compile("[A-Za-z0-9._-]*");

    public ClusterSettings {
        if (!SERVERS.matcher(bootstrap).matches()) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "bootstrap is '" + bootstrap + "': give HOST:PORT, several with commas");
        }
        if (prefix.length() > PREFIX_CHARS_MAX || !PREFIXES.matcher(prefix).matches()) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "prefix is '"
                            + prefix
                            + "': at most "
                            + PREFIX_CHARS_MAX
                            + " of letters, digits, '.', '_' and '-'");
        }
        clientProperties = Map.copyOf(clientProperties);
    }

    /// A cluster that asks for neither TLS nor a login.
    public static ClusterSettings of(String bootstrap) {
        return new ClusterSettings(bootstrap, PREFIX, Map.of());
    }
}
