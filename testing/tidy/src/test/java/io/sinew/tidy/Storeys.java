package io.sinew.tidy;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which modules there may be and which of them each may use: ARCHITECTURE.md as a table. A module
/// uses those below its storey, and of its own storey only those that stand beside its name.
final class Storeys {
    /// From the ground up. `testing` and `examples` stand beside the house: they may see all of it,
    /// unless the table says otherwise.
    static final List<String> ORDER = List.of("core", "patterns", "doors", "app");

    private static final Set<String> BESIDE = Set.of("testing", "examples");

    /// What a module may use of the code of this project, by the names of their folders.
    static final Map<String, Set<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("base", Set.of()),
                    Map.entry("log", Set.of("base")),
                    Map.entry("groups", Set.of("base")),
                    Map.entry("topics", Set.of("base")),
                    Map.entry("broker", Set.of("base", "log", "groups", "topics")),
                    Map.entry("cluster", Set.of("base", "topics")),
                    Map.entry("ledger", Set.of("base", "topics")),
                    Map.entry("queue", Set.of("base", "topics", "ledger")),
                    Map.entry("pubsub", Set.of("base", "topics", "ledger")),
                    Map.entry("kafka-wire-generator", Set.of()),
                    Map.entry("kafka-wire", Set.of("base")),
                    Map.entry(
                            "kafka",
                            Set.of("base", "log", "groups", "topics", "broker", "kafka-wire")),
                    Map.entry("http", Set.of("base", "topics", "ledger", "queue", "pubsub")),
                    Map.entry(
                            "library",
                            Set.of(
                                    "base", "log", "groups", "topics", "broker", "cluster",
                                    "ledger", "queue", "pubsub")),
                    Map.entry(
                            "server",
                            Set.of(
                                    "base",
                                    "log",
                                    "groups",
                                    "topics",
                                    "broker",
                                    "cluster",
                                    "ledger",
                                    "queue",
                                    "pubsub",
                                    "kafka-wire",
                                    "kafka",
                                    "http")),
                    Map.entry(
                            "cli",
                            Set.of(
                                    "base",
                                    "log",
                                    "groups",
                                    "topics",
                                    "broker",
                                    "cluster",
                                    "ledger",
                                    "queue",
                                    "pubsub",
                                    "kafka-wire",
                                    "kafka",
                                    "http",
                                    "server",
                                    "orders")),
                    // What anybody could have written, against any Kafka server.
                    Map.entry("orders", Set.of()));

    private Storeys() {}

    static List<String> modulesIn(SourceTree tree) {
        return tree.modules().stream()
                .filter(module -> module.indexOf('/') == module.lastIndexOf('/'))
                .filter(module -> ORDER.contains(storey(module)) || BESIDE.contains(storey(module)))
                .toList();
    }

    /// `core` of `core/log`.
    static String storey(String module) {
        return module.substring(0, Math.max(0, module.indexOf('/')));
    }

    /// `log` of `core/log`.
    static String folder(String module) {
        return module.substring(module.indexOf('/') + 1);
    }

    /// `io.sinew.kafkawire` of `doors/kafka-wire`.
    static String packageOf(String module) {
        return "io.sinew." + folder(module).replace("-", "");
    }

    /// `sinew-log` of `core/log`, `sinew-example-orders` of `examples/orders`.
    static String artifactOf(String module) {
        return (storey(module).equals("examples") ? "sinew-example-" : "sinew-") + folder(module);
    }

    /// Whether what is in there may reach the house as a test dependency only.
    static boolean isForTests(String module) {
        return storey(module).equals("testing");
    }

    static boolean besideTheHouse(String module) {
        return BESIDE.contains(storey(module));
    }
}
