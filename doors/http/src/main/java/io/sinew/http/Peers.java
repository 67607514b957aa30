package io.sinew.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Asks the HTTP doors of the other processes that share the work, by the routes that everybody
/// uses. A header says that another door asks, and for which partitions: it is answered from there
/// or refused, and never sent on again.
///
/// Nobody is told that something was done unless the peer that did it said so. A peer that can't be
/// reached did nothing (`NOT_OWNER`); one that was asked and fell silent may have (`TIMED_OUT`).
/// Safe for any thread.
final class Peers implements AutoCloseable {
    /// On a request from another door: the partitions that it asks for, with commas between them.
    static final HeaderName FORWARDED = HeaderNames.create("Sinew-Forwarded");

    private static final int FIRST_REFUSAL = 400;
    private static final String PARTITIONS = "[0-9]{1,9}(,[0-9]{1,9})*";

    private final Semaphore requests = new Semaphore(HttpLimits.PEER_REQUESTS);
    private final Semaphore waits = new Semaphore(HttpLimits.PEER_WAITS);
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock. Made for the first question: most doors never ask one.
    private @Nullable HttpClient client;
    private boolean closed;

    /// What a peer is asked.
    ///
    /// @param path from the root, with its query
    /// @param waitMs how long it may wait before it answers, beyond what every answer may take
    record Question(String method, String path, byte[] body, long waitMs) {
        static Question post(String path, byte[] body) {
            return new Question("POST", path, body, 0);
        }

        static Question get(String path) {
            return new Question("GET", path, new byte[0], 0);
        }
    }

    /// The partitions that another door asks for; empty for everybody else's request.
    ///
    /// @throws SinewException `INVALID_REQUEST`
    static Optional<SortedSet<Integer>> askedFor(ServerRequest request) {
        Optional<String> text = request.headers().first(FORWARDED);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!text.get().matches(PARTITIONS)) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "'"
                            + FORWARDED.defaultCase()
                            + "' is for the doors of Sinew, and has numbers of partitions");
        }
        var partitions = new TreeSet<Integer>();
        for (String number : text.get().split(",", -1)) {
            partitions.add(Integer.parseInt(number));
        }
        return Optional.of(partitions);
    }

    /// Asks a peer.
    ///
    /// @return the body of its answer, when that is not a refusal
    /// @throws SinewException what the peer refuses with; `NOT_OWNER`: it can't be reached, and did
    ///   nothing; `TIMED_OUT`: nobody knows what it did; `TOO_MANY_CONNECTIONS` when too much is
    ///   asked already
    byte[] ask(Peer peer, Question question) throws InterruptedException {
        if (!requests.tryAcquire(HttpLimits.PEER_CONNECT_MS, TimeUnit.MILLISECONDS)) {
            throw new SinewException(
                    ErrorCode.TOO_MANY_CONNECTIONS,
                    HttpLimits.PEER_REQUESTS
                            + " requests are being forwarded to other processes already. Try again");
        }
        try {
            HttpResponse<byte[]> answer = send(peer, question);
            if (answer.statusCode() >= FIRST_REFUSAL) {
                throw refusal(peer, answer.body());
            }
            return answer.body();
        } finally {
            requests.release();
        }
    }

    /// As [#ask], for an object in JSON.
    JsonMembers askJson(Peer peer, Question question) throws InterruptedException {
        return parsed(peer, ask(peer, question));
    }

    /// What a peer said, as JSON.
    static JsonMembers parsed(Peer peer, byte[] answer) {
        try {
            return JsonText.parse(answer);
        } catch (SinewException e) {
            throw strange(peer, e);
        }
    }

    /// As [#parsed(Peer, byte[])], with a member that may be any value.
    static JsonMembers parsed(Peer peer, byte[] answer, String raw) {
        try {
            return JsonText.parse(answer, raw);
        } catch (SinewException e) {
            throw strange(peer, e);
        }
    }

    /// The objects of an array of a peer's answer, of which there have to be so many.
    static <T> List<T> listed(
            Peer peer, JsonMembers answer, String name, int count, Function<JsonMembers, T> read) {
        try {
            List<T> all = answer.objects(name, count).stream().map(read).toList();
            if (all.size() == count) {
                return all;
            }
            throw new IllegalArgumentException(all.size() + " of " + name);
        } catch (SinewException | IllegalArgumentException | NoSuchElementException e) {
            throw strange(peer, e);
        }
    }

    /// Whether one request more may wait for messages of peers; to be given back with [#waitEnded].
    boolean mayWait() {
        return waits.tryAcquire();
    }

    void waitEnded() {
        waits.release();
    }

    private HttpResponse<byte[]> send(Peer peer, Question question) throws InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> asked;
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://" + peer.address() + question.path()))
                            .header(FORWARDED.defaultCase(), peer.partitionsText())
                            .method(question.method(), BodyPublishers.ofByteArray(question.body()))
                            .build();
            asked =
                    client().sendAsync(
                                    request,
                                    BodyHandlers.limiting(
                                            BodyHandlers.ofByteArray(),
                                            HttpLimits.PEER_ANSWER_BYTES));
        } catch (IllegalArgumentException e) {
            throw notReached(peer, "that is not where an HTTP door can be", e);
        } catch (IOException e) {
            throw notReached(peer, "this door is closing", e);
        }
        try {
            return asked.get(HttpLimits.PEER_ANSWER_MS + question.waitMs(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw lost(peer, "it does not answer", e);
        } catch (ExecutionException e) {
            throw failed(peer, e.getCause() == null ? e : e.getCause());
        } finally {
            // Nothing, where it has ended.
            var _ = asked.cancel(true);
        }
    }

    private HttpClient client() throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("closed");
            }
            HttpClient made = client;
            if (made == null) {
                made =
                        HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .proxy(HttpClient.Builder.NO_PROXY)
                                .connectTimeout(Duration.ofMillis(HttpLimits.PEER_CONNECT_MS))
                                .executor(Executors.newVirtualThreadPerTaskExecutor())
                                .build();
                client = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    // ---- refusals

    private static SinewException failed(Peer peer, Throwable cause) {
        boolean connected =
                !(cause instanceof ConnectException
                        || cause instanceof HttpConnectTimeoutException);
        String what = String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
        return connected ? lost(peer, what, cause) : notReached(peer, what, cause);
    }

    private static SinewException notReached(Peer peer, String what, Throwable cause) {
        return new SinewException(
                ErrorCode.NOT_OWNER,
                "The process at "
                        + peer.address()
                        + " has what this is about, and can't be reached ("
                        + what
                        + "): nothing was done there. Try again; if it has ended, others take"
                        + " over",
                cause);
    }

    private static SinewException lost(Peer peer, String what, Throwable cause) {
        return new SinewException(
                ErrorCode.TIMED_OUT,
                "The process at "
                        + peer.address()
                        + " was asked, and its answer is lost ("
                        + what
                        + "): it may have been done or not. Try again",
                cause);
    }

    /// The peer's own refusal, which is this door's too; but that the peer stops is no reason for
    /// the client of this one to give up.
    private static SinewException refusal(Peer peer, byte[] body) {
        JsonMembers problem = parsed(peer, body);
        String code = problem.text("code").orElse("");
        try {
            var refusal =
                    new SinewException(ErrorCode.valueOf(code), problem.text("detail").orElse(""));
            return refusal.code() == ErrorCode.LOG_STOPPED
                    ? lost(peer, "it is stopping", refusal)
                    : refusal;
        } catch (IllegalArgumentException e) {
            return strange(peer, e);
        }
    }

    /// An answer that no door of this version gives.
    static SinewException strange(Peer peer, Exception cause) {
        return new SinewException(
                ErrorCode.INTERNAL_ERROR,
                "What answers at "
                        + peer.address()
                        + " is not an HTTP door of Sinew, or one of another version. It is what"
                        + " that process was told to advertise",
                cause);
    }

    /// Asks nothing more; what is under way ends, or is broken off after a moment.
    @Override
    public void close() {
        HttpClient made;
        lock.lock();
        try {
            closed = true;
            made = client;
        } finally {
            lock.unlock();
        }
        if (made == null) {
            return;
        }
        made.shutdown();
        try {
            if (!made.awaitTermination(Duration.ofMillis(HttpLimits.PEER_CLOSE_MS))) {
                made.shutdownNow();
            }
        } catch (InterruptedException e) {
            made.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
