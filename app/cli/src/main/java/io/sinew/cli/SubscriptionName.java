package io.sinew.cli;

import picocli.CommandLine.Parameters;

/// Which subscription a command is about: the first two words behind the command.
final class SubscriptionName {
    @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic that it is to.")
    private String topic = "";

    @Parameters(index = "1", paramLabel = "SUBSCRIPTION", description = "Its name.")
    private String name = "";

    /// Its path at the server, or that of what can be done with it.
    String path(String... more) {
        String path = ServerOverHttp.topic(topic, "subscriptions", ServerOverHttp.encoded(name));
        return more.length == 0 ? path : path + "/" + String.join("/", more);
    }

    String topic() {
        return topic;
    }

    String name() {
        return name;
    }

    /// As people are told of it.
    @Override
    public String toString() {
        return name + " to " + topic;
    }
}
