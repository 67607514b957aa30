package io.sinew.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// An answer that is one JSON object.
final class JsonAnswer {
    private JsonAnswer() {}

    static void send(ServerResponse response, Status status, Consumer<JsonGenerator> members) {
        send(response, status, JsonText.write(members));
    }

    static void send(ServerResponse response, Status status, byte[] json) {
        send(response, status, "application/json", json);
    }

    static void send(ServerResponse response, Status status, String type, byte[] json) {
        response.status(status)
                .header(HeaderNames.CONTENT_TYPE, type)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .send(json);
    }
}
