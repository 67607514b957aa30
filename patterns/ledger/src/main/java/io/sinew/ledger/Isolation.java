package io.sinew.ledger;

/// How messages whose consumer fell silent are told apart. A consumer that crashes takes all that
/// it holds with it, and only one message may be to blame. So they are delivered again in ever
/// smaller company, and only what a consumer held alone counts as failed: the others burn no
/// attempt.
final class Isolation {
    /// The highest level: alone.
    static final int ALONE = 2;

    /// Messages of one delivery at each level.
    private static final int[] COMPANY = {Integer.MAX_VALUE, 4, 1};

    private Isolation() {}

    /// How many messages may be delivered together with one of that level, itself included.
    static int company(int level) {
        return COMPANY[level];
    }

    /// The level after a lease in company ran out.
    static int next(int level) {
        return Math.min(level + 1, ALONE);
    }
}
