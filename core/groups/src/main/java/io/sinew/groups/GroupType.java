package io.sinew.groups;

/// Which protocol a group is coordinated by.
public enum GroupType {
    /// The members agree among themselves, the broker passes messages on.
    CLASSIC("classic"),
    /// The broker decides (KIP-848).
    CONSUMER("consumer"),
    /// The broker decides, for an application of Kafka Streams (KIP-1071).
    STREAMS("streams");

    private final String wireName;

    GroupType(String wireName) {
        this.wireName = wireName;
    }

    /// The name that `ListGroups` uses.
    public String wireName() {
        return wireName;
    }
}
