/// The command line: one file per command, all listed in the table of `Commands`. `up` starts a
/// server in this process; `queue …` and `sub …` speak HTTP to one; every other command is a Kafka
/// client like any other and works with any server that speaks Kafka's protocol.
@org.jspecify.annotations.NullMarked
module io.sinew.cli {
    requires info.picocli;
    requires io.sinew.base;
    requires io.sinew.orders;
    requires io.sinew.server;
    requires java.management;
    requires java.net.http;
    requires kafka.clients;
    requires tools.jackson.core;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.yaml;

    opens io.sinew.cli to
            info.picocli;
}
