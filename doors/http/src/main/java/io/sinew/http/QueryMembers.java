package io.sinew.http;

import io.helidon.common.uri.UriQuery;
import io.helidon.webserver.http.ServerRequest;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The query of a request as if it were the members of a body: `?max=10&waitMs=5000`.
final class QueryMembers {
    private QueryMembers() {}

    /// @throws SinewException `INVALID_REQUEST` for a name that comes twice
    static JsonMembers of(ServerRequest request) {
        UriQuery query = request.query();
        var members = new LinkedHashMap<String, @Nullable Object>();
        for (String name : query.names()) {
            // Not `first`, which asks Helidon's registry for something that maps values.
            List<String> values = query.all(name);
            if (values.size() > 1) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST, "'" + name + "' is there more than once");
            }
            members.put(name, value(values.isEmpty() ? "" : values.getFirst()));
        }
        return new JsonMembers("", members);
    }

    private static Object value(String text) {
        if (text.matches("-?[0-9]{1,18}")) {
            return Long.parseLong(text);
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> text;
        };
    }
}
