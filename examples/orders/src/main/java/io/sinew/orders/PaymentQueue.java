package io.sinew.orders;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The work queue of payments, as a program sees it that is not the server: a few requests over
/// HTTP, with what a JDK has in it. In any other language it is as much, with any HTTP client,
/// which is why it is this that the example shows; docs/http-api.md has every route. (A program in
/// Java that has Sinew in its own process needs none of it: there `queue.consume(options, handler)`
/// takes the place of this class and of [Cashier]; see docs/queues.md.)
///
/// A server that is away is asked again: nothing here does harm when it is done twice. A payment is
/// sent with a dedupe id; who asks for messages twice has them twice under different receipts, of
/// which the first runs out; and a receipt that was taken already is "lost", and needs no more.
final class PaymentQueue implements AutoCloseable {
    /// How long a server may be away, and how long between two questions.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long AGAIN_MS = 50;
    private static final int CONFLICT = 409;
    private static final int FIRST_REFUSAL = 400;
    private static final int FIRST_TRY_AGAIN = 500;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String root;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();

    /// A payment that a cashier has.
    ///
    /// @param receipt by which the cashier says what became of it
    /// @param attempt 1, and one more for each time that it failed
    record Delivery(String receipt, int attempt, Payment payment) {}

    /// A payment that was put aside.
    ///
    /// @param reason why, in a word
    /// @param causes what was said each time that it failed, the oldest first
    /// @param headers that it was sent with, and some of the server's
    record DeadPayment(
            Payment payment, String reason, List<String> causes, Map<String, String> headers) {
        DeadPayment {
            causes = List.copyOf(causes);
            headers = Map.copyOf(headers);
        }
    }

    /// @param address of the server's HTTP door, `HOST:PORT`
    PaymentQueue(String address) {
        root = "http://" + address + "/v1/queues/" + Payment.QUEUE;
    }

    /// Makes the queue, if it is not there: after three failures a payment is put aside.
    void create() {
        ask(
                "PUT",
                "",
                Map.of(
                        "settings",
                        Map.of(
                                "failures.max", "3",
                                "retry.first.ms", "100",
                                "lease.ms", "3000")));
    }

    /// Sends a payment; it is on the server's disk when this returns.
    ///
    /// @param headers travel with it
    void send(Payment payment, Map<String, String> headers) {
        ask(
                "POST",
                "/messages",
                Map.of(
                        "text", JSON.writeValueAsString(payment),
                        "key", payment.customer(),
                        "headers", headers,
                        "dedupeId", payment.id()));
    }

    /// Payments for this one to deal with, as soon as there are any; none after `wait`.
    List<Delivery> receive(int most, Duration wait) {
        var deliveries = new ArrayList<Delivery>();
        JsonNode answer = ask("POST", "/receive", Map.of("max", most, "waitMs", wait.toMillis()));
        for (JsonNode message : answer.path("messages")) {
            deliveries.add(
                    new Delivery(
                            message.path("receipt").asString(),
                            message.path("attempt").asInt(),
                            payment(message)));
        }
        return deliveries;
    }

    private static Payment payment(JsonNode message) {
        return JSON.readValue(message.path("text").asString(), Payment.class);
    }

    /// They are dealt with.
    void acknowledge(List<String> receipts) {
        ask("POST", "/ack", Map.of("receipts", receipts));
    }

    /// It failed, and is to be tried again if it may.
    void fail(String receipt, String cause) {
        ask("POST", "/nack", Map.of("receipts", List.of(receipt), "cause", cause));
    }

    /// Waits until every payment is dealt with, or was put aside.
    ///
    /// @throws StoryException some still wait
    void awaitNothingWaiting(Duration limit) throws InterruptedException {
        long waiting = waiting();
        for (long ms = 0; waiting > 0 && ms < limit.toMillis(); ms += AGAIN_MS) {
            var _ = closed.await(AGAIN_MS, TimeUnit.MILLISECONDS);
            waiting = waiting();
        }
        if (waiting > 0) {
            throw new StoryException(waiting + " payments still wait for a cashier");
        }
    }

    private long waiting() {
        JsonNode counts = ask("GET", "", Map.of()).path("counts");
        return counts.valueStream().mapToLong(JsonNode::asLong).sum();
    }

    /// The payments that were put aside.
    List<DeadPayment> dead() {
        var dead = new ArrayList<DeadPayment>();
        for (JsonNode message : ask("GET", "/dead", Map.of()).path("messages")) {
            var causes = new ArrayList<String>();
            message.path("dead")
                    .path("history")
                    .forEach(failure -> causes.add(failure.path("cause").asString()));
            var headers = new LinkedHashMap<String, String>();
            message.path("headers")
                    .properties()
                    .forEach(header -> headers.put(header.getKey(), header.getValue().asString()));
            String reason = message.path("dead").path("reason").asString();
            dead.add(new DeadPayment(payment(message), reason, causes, headers));
        }
        return dead;
    }

    /// Waits until so many payments were put aside, and gives them. Where they are put is a queue
    /// of its own, which takes in what comes a moment later.
    ///
    /// @return as many as there are when the limit has passed
    List<DeadPayment> awaitDead(int count, Duration limit) throws InterruptedException {
        List<DeadPayment> dead = dead();
        for (long ms = 0; dead.size() < count && ms < limit.toMillis(); ms += AGAIN_MS) {
            var _ = closed.await(AGAIN_MS, TimeUnit.MILLISECONDS);
            dead = dead();
        }
        return dead;
    }

    /// Sends those that were put aside to the queue again, if they have this header.
    ///
    /// @return how many
    int redrive(String header, String value) {
        return ask("POST", "/redrive", Map.of("headerName", header, "headerValue", value))
                .path("redriven")
                .asInt();
    }

    // ---- requests

    /// @return what the server says; an empty object when it has nothing to say
    private JsonNode ask(String method, String path, Map<String, ?> body) {
        String text = body.isEmpty() ? "" : JSON.writeValueAsString(body);
        var request =
                HttpRequest.newBuilder(URI.create(root + path))
                        .timeout(PATIENCE)
                        .method(method, BodyPublishers.ofString(text))
                        .build();
        try {
            return ask(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoryException(method + " " + path + " was interrupted");
        }
    }

    private JsonNode ask(HttpRequest request) throws InterruptedException {
        var why = "";
        for (long ms = 0; ms < PATIENCE.toMillis(); ms += AGAIN_MS) {
            try {
                HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                JsonNode found = read(answer);
                if (found != null) {
                    return found;
                }
                why = answer.body();
            } catch (IOException e) {
                why = e.toString();
            }
            if (closed.await(AGAIN_MS, TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        throw new StoryException(request.uri() + " does not answer: " + why);
    }

    /// What an answer says, or null when the same request may be made again.
    private static @Nullable JsonNode read(HttpResponse<String> answer) {
        int status = answer.statusCode();
        if (status >= FIRST_TRY_AGAIN) {
            return null;
        }
        // "It is there already" is what whoever creates something twice wants to hear.
        if (status < FIRST_REFUSAL || status == CONFLICT) {
            return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
        }
        throw new StoryException("the server refused it: " + answer.body());
    }

    /// Ends what is asked again and again; what is being answered is still answered.
    @Override
    public void close() {
        closed.countDown();
        client.shutdown();
    }
}
