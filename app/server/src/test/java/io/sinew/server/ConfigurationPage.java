package io.sinew.server;

import io.sinew.broker.BrokerSettings;
import io.sinew.broker.Setting;
import io.sinew.broker.TopicSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// `docs/configuration.md`, made from the settings as the code has them.
final class ConfigurationPage {
    private static final String TABLE_HEAD =
            """
            | name | default | range | meaning |
            |---|---|---|---|
            """;

    private static final String HEAD =
            """
            # Configuration

            <!-- Made from the code by `./dev docs`; do not edit. -->

            Every key has a default: `./sinew up` alone is a complete configuration. A key that there is not, and a value out of
            its range, end the start with what was meant or what is possible.

            ## The process

            Options of `sinew up`, or the keys of the YAML file that `--config FILE` names; options win over the file.

            | option | key in the file | default | meaning |
            |---|---|---|---|
            | `--engine embedded\\|kafka` | `engine` | `embedded` | Where topics are: in Sinew's own log, or in an existing Kafka cluster. |
            | `--data DIR` | `data` | `./data` | The data directory; made when it is not there. One process at a time. |
            | `--kafka HOST:PORT` | `listen.kafka` | `127.0.0.1:9092` | Where Kafka clients connect. |
            | `--http HOST:PORT` | `listen.http` | `127.0.0.1:8080` | Where [`/health`](operating/health.md), [`/metrics`](operating/metrics.md) and [work queues and topics over HTTP](http-api.md) are. |
            | `--http-connections N` | `http-connections` | `10000` | How many clients may be connected to `--http` at a time; each that waits or follows a topic is one. It takes some 25 KB and a file descriptor. |
            | `--advertise HOST:PORT` | `advertise` | the address a client used | What Kafka clients are told to connect to, where that differs: behind a proxy, in a container. |
            | `--set KEY=VALUE` | below `kafka` | | A broker setting, by the names below. |

            Both doors listen on this machine only unless told otherwise: there is no authentication yet.

            ## On a Kafka cluster

            With `--engine kafka` the cluster has the topics and the Kafka clients: of the options above `--http` and `--http-connections` remain, and the others are refused. Several
            processes on one cluster [share the work](operating/on-a-kafka-cluster.md).

            | option | key in the file | default | meaning |
            |---|---|---|---|
            | `--bootstrap HOST:PORT` | `cluster.bootstrap` | | Some of the cluster's brokers, with commas between them. |
            | `--client-config FILE` | below `cluster.client` | | Properties for Kafka clients, by Kafka's names: what TLS and SASL need. Those that a promise of Sinew hangs on are set over them. |
            | `--advertised-http HOST:PORT` | `advertised-http` | that of `--http` | Where the other processes reach this one's HTTP door. Needed where `--http` is a wildcard or port 0, or where they are on other machines. |

            ```yaml
            engine: kafka
            cluster:
              bootstrap: 10.0.0.7:9092,10.0.0.8:9092
              client:
                security.protocol: SSL
            listen:
              http: 0.0.0.0:8080
            advertised-http: sinew1.example.com:8080
            ```

            ## Broker settings

            Under Kafka's own names, so that what you know and what your tools send holds. In the file:

            ```yaml
            kafka:
              num.partitions: 6
              log.retention.hours: 48
            ```

            """;

    private ConfigurationPage() {}

    static String text() {
        return HEAD
                + table(own())
                + """

                ## Broker settings that give topics their default

                As in Kafka a topic's own setting comes first, then the broker's. The ranges are those of the topic settings below.

                | name | is the default of |
                |---|---|
                """
                + synonyms()
                + """

                In other units, where the finer one wins:

                | name | is |
                |---|---|
                """
                + otherUnits()
                + """

                ## Topic settings

                Set when a topic is created, or later: `sinew topic alter`, or any tool for Kafka.

                """
                + table(TopicSettings.all());
    }

    /// The broker's settings without those that are topics' defaults.
    private static List<Setting> own() {
        Set<String> forTopics =
                TopicSettings.all().stream()
                        .flatMap(setting -> BrokerSettings.synonym(setting.name()).stream())
                        .collect(Collectors.toSet());
        return BrokerSettings.all().stream()
                .filter(setting -> !forTopics.contains(setting.name()))
                .sorted(Comparator.comparing(Setting::name))
                .toList();
    }

    private static String table(List<Setting> settings) {
        var table = new StringBuilder(TABLE_HEAD);
        for (Setting setting : settings) {
            table.append("| `").append(setting.name());
            table.append("` | ").append(code(setting.defaultValue()));
            table.append(" | ").append(range(setting));
            table.append(" | ").append(setting.meaning()).append(" |\n");
        }
        return table.toString();
    }

    private static String code(String value) {
        return value.isEmpty() ? "" : "`" + value + "`";
    }

    private static String range(Setting setting) {
        return switch (setting.type()) {
            case INT, LONG -> {
                boolean open =
                        setting.most() == Long.MAX_VALUE
                                || setting.most() >= Integer.MAX_VALUE - 16;
                yield open
                        ? "at least " + setting.least()
                        : setting.least() + " to " + setting.most();
            }
            case DOUBLE -> setting.least() + " to " + setting.most();
            case BOOLEAN -> setting.allowed().isEmpty() ? "`true`, `false`" : words(setting);
            case STRING -> words(setting);
            case LIST -> setting.allowed().isEmpty() ? "any" : "any of " + words(setting);
        };
    }

    private static String words(Setting setting) {
        return setting.allowed().stream()
                .sorted()
                .map(word -> "`" + word + "`")
                .collect(Collectors.joining(", "));
    }

    private static String synonyms() {
        return TopicSettings.all().stream()
                .flatMap(topic ->
                        BrokerSettings.synonym(topic.name()).stream()
                                .map(name -> "| `" + name + "` | `" + topic.name() + "` |\n"))
                .collect(Collectors.joining());
    }

    private static String otherUnits() {
        return BrokerSettings.otherUnits().entrySet().stream()
                .map(unit -> "| `" + unit.getKey() + "` | `" + unit.getValue() + "` |\n")
                .collect(Collectors.joining());
    }
}
