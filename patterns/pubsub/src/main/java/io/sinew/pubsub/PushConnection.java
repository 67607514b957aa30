package io.sinew.pubsub;

import io.sinew.base.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/// A connection to an endpoint, for one request after the other. Its socket is ours, connected to
/// an address that was looked at, through no proxy; HTTP/1.1 on it is HttpCore's. One thread at a
/// time.
final class PushConnection {
    /// Bytes of an answer that are read; a longer one costs the connection.
    static final int ANSWER_BYTES_MAX = 16 << 10;

    /// How long the rest of an answer may take once it is known what it says; a longer one costs
    /// the connection.
    private static final Duration REST_MAX = Duration.ofSeconds(1);

    private static final int LINE_CHARS_MAX = 8 << 10;
    private static final int HEADERS_MAX = 100;

    /// Idle for longer, a connection is looked at before it is used, which takes a millisecond.
    private static final long TRUSTED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Http1Config CONFIG =
            Http1Config.custom()
                    .setMaxLineLength(LINE_CHARS_MAX)
                    .setMaxHeaderCount(HEADERS_MAX)
                    .build();

    private static final HttpRequestExecutor EXECUTOR = new HttpRequestExecutor();

    private final Socket socket;
    private final DefaultBHttpClientConnection http = new DefaultBHttpClientConnection(CONFIG);
    private long usedNanos;

    private PushConnection(Socket socket) {
        this.socket = socket;
    }

    /// Connects to that address and no other.
    ///
    /// @param connectMs how long it may take to be accepted
    static PushConnection open(
            EndpointUrl url,
            InetAddress address,
            SSLSocketFactory tls,
            int connectMs,
            PushDeadline deadline)
            throws IOException {
        var connection = new PushConnection(new Socket(Proxy.NO_PROXY));
        try {
            Socket socket = connection.socket;
            deadline.guard(socket);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(address, url.port()), connectMs);
            connection.http.bind(url.https() ? secured(socket, url, tls) : socket);
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static Socket secured(Socket socket, EndpointUrl url, SSLSocketFactory tls)
            throws IOException {
        var secured = (SSLSocket) tls.createSocket(socket, url.host(), url.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    Socket socket() {
        return socket;
    }

    /// Whether it seems to be open on the other side.
    boolean isAlive() {
        try {
            return idleNanos() <= TRUSTED_NANOS || !http.isStale();
        } catch (IOException e) {
            return false;
        }
    }

    long idleNanos() {
        return Clock.system().nanos() - usedNanos;
    }

    /// Sends a request and reads as much of the answer as is needed.
    PushAnswer exchange(EndpointUrl url, WebhookRequest request, PushDeadline deadline)
            throws IOException, HttpException {
        // In this form the target is sent as it is; another would take "//…" for a host.
        var post =
                new BasicClassicHttpRequest(
                        "POST", url.https() ? "https" : "http", null, url.target());
        post.addHeader("host", url.authority());
        post.addHeader("content-length", request.body().length);
        request.headers().forEach(post::addHeader);
        post.setEntity(new ByteArrayEntity(request.body(), null));
        var context = HttpCoreContext.create();
        // It is not closed: that would read all that is left of it.
        ClassicHttpResponse response = EXECUTOR.execute(post, http, context);
        deadline.shorten(REST_MAX);
        boolean reusable =
                readToEnd(response.getEntity())
                        && EXECUTOR.keepAlive(post, response, http, context);
        usedNanos = Clock.system().nanos();
        Header retryAfter = response.getFirstHeader("retry-after");
        return new PushAnswer(
                response.getCode(),
                Optional.ofNullable(retryAfter).map(Header::getValue),
                reusable);
    }

    /// What the answer says is known: whatever goes wrong from now on costs the connection only.
    private static boolean readToEnd(HttpEntity entity) {
        if (entity == null) {
            return true;
        }
        byte[] buffer = new byte[1024];
        try {
            InputStream content = entity.getContent();
            for (int read = 0; read <= ANSWER_BYTES_MAX; ) {
                int count = content.read(buffer);
                if (count < 0) {
                    return true;
                }
                read += count;
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    /// Closes it at once, without a word to the other side.
    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nobody uses it any more, whatever is wrong with it.
            usedNanos = 0;
        }
    }
}
