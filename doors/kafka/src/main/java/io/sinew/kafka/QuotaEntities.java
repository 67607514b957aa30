package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.Set;

/// The kinds of entity that Kafka has quotas for. Sinew has them for client ids only.
final class QuotaEntities {
    static final String CLIENT_ID = "client-id";
    static final String USER = "user";
    static final String IP = "ip";

    private static final Set<String> ALL = Set.of(CLIENT_ID, USER, IP);

    private QuotaEntities() {}

    static boolean isKnown(String type) {
        return ALL.contains(type);
    }

    static void requireKnown(String type) {
        if (!isKnown(type)) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "There is no kind of entity with quotas called " + type + ".");
        }
    }
}
