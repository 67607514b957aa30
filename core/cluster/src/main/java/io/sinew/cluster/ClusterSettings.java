package io.sinew.cluster;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.time.Duration;
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
/// @param session how long a process that shares partitions may be silent before the others get
///   them, from 1 s to 5 min. Brokers allow no less than their `group.min.session.timeout.ms` (6 s
///   unless told otherwise) and no more than their `group.max.session.timeout.ms`
public record ClusterSettings(
        String bootstrap, String prefix, Map<String, String> clientProperties, Duration session) {
    /// What [#prefix] is unless told otherwise.
    public static final String PREFIX = "sinew.";

    /// What [#session] is unless told otherwise.
    public static final Duration SESSION = Duration.ofSeconds(10);

    private static final Duration SESSION_MIN = Duration.ofSeconds(1);
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
        if (session.compareTo(SESSION_MIN) < 0 || session.compareTo(ClusterLimits.LISTENER) > 0) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "session is "
                            + session.toMillis()
                            + " ms: give "
                            + SESSION_MIN.toMillis()
                            + " to "
                            + ClusterLimits.LISTENER.toMillis());
        }
        clientProperties = Map.copyOf(clientProperties);
    }

    /// Those with the usual [#session].
    public ClusterSettings(String bootstrap, String prefix, Map<String, String> clientProperties) {
        this(bootstrap, prefix, clientProperties, SESSION);
    }

    /// A cluster that asks for neither TLS nor a login.
    public static ClusterSettings of(String bootstrap) {
        return new ClusterSettings(bootstrap, PREFIX, Map.of());
    }

    /// These with another session.
    public ClusterSettings withSession(Duration other) {
        return new ClusterSettings(bootstrap, prefix, clientProperties, other);
    }
}
