package io.sinew.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.http.Schema.Anything;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `GET /openapi.json`: the door's description. Written when the first one asks and kept, for many
/// a process is never asked, and it would have Jackson loaded at each start.
final class OpenApiRoutes implements RouteTable {
    /// The media type is JSON's: one for OpenAPI is not registered, and browsers would save it.
    private static final String TYPE = "application/json";

    private static final Shape DOCUMENT =
            Shape.open(
                    "OpenApi",
                    Member.needed("openapi", Text.any(), "The version of OpenAPI"),
                    Member.needed("info", new Anything(), "Of what it is"),
                    Member.needed("paths", new Anything(), "What there is"));

    private static final Operation DESCRIBE =
            Operation.of("describeDoor", "This description (OpenAPI 3.1).")
                    .passesOver()
                    .headers(
                            Member.optional(
                                    "If-None-Match", Text.any(), "The ETag of the one you have"))
                    .answers(Status.OK_200, "The description", DOCUMENT)
                    .answers(Status.NOT_MODIFIED_304, "It is the one you have");

    private final Supplier<Health> health;
    private final List<RouteTable> tables;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Written written;

    /// @param health asked for the version once
    /// @param others all that is served beside this
    OpenApiRoutes(Supplier<Health> health, List<RouteTable> others) {
        this.health = health;
        var all = new ArrayList<>(others);
        all.add(this);
        this.tables = List.copyOf(all);
    }

    private record Written(byte[] bytes, String tag) {}

    @Override
    public String name() {
        return "process";
    }

    @Override
    public String root() {
        return "/openapi.json";
    }

    @Override
    public List<Route> table() {
        return List.of(new Route(Method.GET, root(), DESCRIBE, this::answer));
    }

    private void answer(ServerRequest request, ServerResponse response) {
        Written document = document();
        response.header(HeaderNames.ETAG, document.tag())
                .header(HeaderNames.CACHE_CONTROL, "no-cache");
        HeaderName known = HeaderNames.IF_NONE_MATCH;
        if (request.headers().contains(known)
                && request.headers().get(known).allValues().contains(document.tag())) {
            response.status(Status.NOT_MODIFIED_304).send();
        } else {
            response.header(HeaderNames.CONTENT_TYPE, TYPE).send(document.bytes());
        }
    }

    private Written document() {
        lock.lock();
        try {
            Written made = written;
            if (made == null) {
                byte[] bytes = OpenApiDocument.write(health.get().version(), tables);
                made = new Written(bytes, tag(bytes));
                written = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    private static String tag(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return '"' + HexFormat.of().formatHex(hash, 0, 8) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
