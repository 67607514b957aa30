package io.sinew.queue;

/// A queue as it was created.
///
/// @param name also that of its topic
public record QueueInfo(String name, int partitionCount, QueueSettings settings) {
    /// What comes behind a queue's name in that of the topic with its ledger.
    static final String LEDGER = ".ledger";

    /// What comes behind a queue's name in that of the queue of its dead letters.
    static final String DEAD = ".dead";

    /// The topic that its ledger is kept in.
    public String ledgerTopic() {
        return name + LEDGER;
    }

    /// The queue that its dead letters go to, if they go to one.
    public String deadName() {
        return name + DEAD;
    }
}
