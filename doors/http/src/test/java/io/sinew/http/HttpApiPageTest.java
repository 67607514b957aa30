package io.sinew.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Metrics;
import io.sinew.http.QueueClient.Answer;
import io.sinew.pubsub.PushSettings;
import io.sinew.pubsub.SubscriptionSettings;
import io.sinew.queue.QueueSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// docs/http-api.md, held against the routes that there are.
class HttpApiPageTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "http-api.md");
    private static final Pattern HEADING = Pattern.compile("(?m)^### `([A-Z]+ \\S+)`$");

    /// Those that have pages of their own.
    private static final List<String> ELSEWHERE = List.of("GET /health", "GET /metrics");

    /// A call, and under it the status and what is said with it.
    private static final Pattern EXAMPLE =
            Pattern.compile(
                    "(?m)^```\\ncurl (?:-X ([A-Z]+) )?'?127\\.0\\.0\\.1:8080(/\\S*?)'?"
                            + "((?: -H '[^']*')*)(?: -d '(.*)')?\\n([0-9]{3})(.*)\\n```$");

    @Test
    void every_route_has_its_heading_and_no_heading_is_without_a_route() throws Exception {
        try (var behind = new QueuesBehind()) {
            HttpLimits limits = HttpLimits.defaults();
            HttpContents contents =
                    behind.contents(() -> new Health(Health.Status.UP, "", "1", 0), new Metrics());
            RouteContext context = RouteContext.of(contents, HttpDoor.callers(limits), limits);
            var metrics = new MetricsRoutes(contents.metrics());
            List<String> routes =
                    HttpDoor.tables(context, metrics, new TopicRoutes(context)).stream()
                            .flatMap(table -> table.table().stream())
                            .map(Route::toString)
                            .filter(route -> !ELSEWHERE.contains(route))
                            .toList();
            List<String> headings =
                    HEADING.matcher(Files.readString(PAGE))
                            .results()
                            .map(found -> found.group(1))
                            .toList();
            assertThat(headings).isEqualTo(routes);
        }
    }

    @Test
    void every_setting_of_a_queue_is_there_with_its_default() throws Exception {
        String page = Files.readString(PAGE);
        QueueSettings.defaults()
                .toMap()
                .forEach((name, value) ->
                        assertThat(page).contains("| `" + name + "` | " + value + " |"));
    }

    @Test
    void every_setting_of_a_subscription_is_there_with_its_default() throws Exception {
        String page = Files.readString(PAGE);
        String below = page.substring(page.indexOf("## Subscriptions"));
        SubscriptionSettings.defaults()
                .toMap()
                .forEach((name, value) ->
                        assertThat(below).contains("| `" + name + "` | " + value + " |"));
    }

    @Test
    void every_setting_of_a_push_is_there_with_its_default() throws Exception {
        String page = Files.readString(PAGE);
        var settings = new LinkedHashMap<>(PushSettings.of("https://example.com/").toMap());
        settings.keySet().removeAll(List.of("push.url", "push.secrets"));
        settings.forEach((name, value) ->
                assertThat(page)
                        .contains(
                                "| `" + name.substring("push.".length()) + "` | " + value + " |"));
    }

    @Test
    @Timeout(120)
    void every_example_is_answered_as_the_page_says() throws Exception {
        Matcher examples = EXAMPLE.matcher(Files.readString(PAGE));
        String receipt = "";
        int count = 0;
        try (var http = new QueueClient()) {
            while (examples.find()) {
                String method = examples.group(1) == null ? "GET" : examples.group(1);
                String body = examples.group(4) == null ? "" : examples.group(4);
                Answer answer =
                        http.sendTo(
                                method,
                                examples.group(2),
                                headers(examples.group(3)),
                                body.replace("RECEIPT", receipt).getBytes(UTF_8));
                assertThat(Integer.toString(answer.status()))
                        .as(examples.group() + "\n" + answer.body())
                        .isEqualTo(examples.group(5));
                if (!answer.all("receipt").isEmpty()) {
                    receipt = answer.all("receipt").getFirst();
                }
                assertSaid(examples.group(6), answer, receipt);
                count++;
            }
        }
        assertThat(count).isGreaterThan(45);
    }

    /// Names and values in turn.
    private static List<String> headers(String options) {
        return Pattern.compile(" -H '([^:]*): ([^']*)'")
                .matcher(options)
                .results()
                .flatMap(found -> Stream.of(found.group(1), found.group(2)))
                .toList();
    }

    /// Whether the members that an example shows are in the answer.
    private static void assertSaid(String shown, Answer answer, String receipt) {
        Matcher members = Pattern.compile("\"(\\w+)\":").matcher(shown);
        while (members.find()) {
            assertThat(answer.body()).contains("\"" + members.group(1) + "\":");
        }
        if (!shown.contains("\u2026")) {
            assertThat(answer.body()).isEqualTo(shown.strip().replace("RECEIPT", receipt));
        }
    }
}
