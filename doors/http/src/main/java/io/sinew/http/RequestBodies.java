package io.sinew.http;

import io.helidon.webserver.http.ServerRequest;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/// Reads bodies of requests into memory, of which all of them together have so much. It is taken as
/// bytes come, so that who announces much and sends nothing takes nothing.
final class RequestBodies {
    private static final int STEP_BYTES = 16 << 10;

    private final Semaphore steps = new Semaphore(HttpLimits.ALL_BODIES_BYTES / STEP_BYTES);

    /// A body, whose memory counts until this is closed.
    final class Body implements AutoCloseable {
        private byte[] bytes = new byte[0];
        private int sizeBytes;
        private int taken;

        byte[] bytes() {
            return bytes.length == sizeBytes ? bytes : Arrays.copyOf(bytes, sizeBytes);
        }

        private void readFrom(InputStream in, int most) throws IOException {
            while (true) {
                if (sizeBytes == bytes.length) {
                    grow();
                }
                int count = in.read(bytes, sizeBytes, bytes.length - sizeBytes);
                if (count < 0) {
                    return;
                }
                sizeBytes += count;
                if (sizeBytes > most) {
                    throw new SinewException(
                            ErrorCode.BATCH_TOO_LARGE,
                            "The body has more than "
                                    + most
                                    + " bytes. Send fewer messages at a time");
                }
            }
        }

        private void grow() {
            int more = Math.max(1, bytes.length / STEP_BYTES);
            if (!steps.tryAcquire(more)) {
                throw new SinewException(
                        ErrorCode.TOO_MANY_CONNECTIONS,
                        "Too much is being sent at the same time. Try again");
            }
            taken += more;
            bytes = Arrays.copyOf(bytes, bytes.length + more * STEP_BYTES);
        }

        @Override
        public void close() {
            steps.release(taken);
            taken = 0;
        }
    }

    /// Reads the whole body of a request; empty when it has none.
    ///
    /// @param most bytes that it may have
    /// @throws SinewException `BATCH_TOO_LARGE`, `TOO_MANY_CONNECTIONS`
    Body read(ServerRequest request, int most) throws IOException {
        var body = new Body();
        if (!request.content().hasEntity()) {
            return body;
        }
        boolean read = false;
        try (InputStream in = request.content().inputStream()) {
            body.readFrom(in, most);
            read = true;
            return body;
        } finally {
            if (!read) {
                body.close();
            }
        }
    }

    /// The members of a request's body, or of its query when it has no body.
    JsonMembers members(ServerRequest request, int most) throws IOException {
        return members(request, most, JsonText::parse);
    }

    /// As [#members(ServerRequest, int)], of which one may be any value.
    ///
    /// @param raw the name of that member
    JsonMembers members(ServerRequest request, int most, String raw) throws IOException {
        return members(request, most, bytes -> JsonText.parse(bytes, raw));
    }

    private JsonMembers members(
            ServerRequest request, int most, Function<byte[], JsonMembers> parse)
            throws IOException {
        try (Body body = read(request, most)) {
            byte[] bytes = body.bytes();
            return bytes.length == 0 ? QueryMembers.of(request) : parse.apply(bytes);
        }
    }
}
