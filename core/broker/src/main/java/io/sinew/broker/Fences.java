package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.Commit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Who holds each name ([io.sinew.topics.Engine#own]), over all engines of one broker. It is in
/// memory only: one process has the data directory, so that nobody outlives it who could be fenced.
final class Fences {
    /// Names that are held at a time.
    static final int NAMES_MAX = 100_000;

    static final int NAME_MAX_CHARS = 200;

    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final Map<String, EmbeddedOwner> holders = new HashMap<>();

    /// Gives the name to `owner`, and fences the one who had it.
    ///
    /// @return what the ones before have begun and may not be durable
    /// @throws SinewException `INVALID_REQUEST`, `TOO_MANY_TRANSACTIONAL_IDS`
    Commit give(String name, EmbeddedOwner owner) {
        requireName(name);
        lock.lock();
        try {
            EmbeddedOwner before = holders.get(name);
            if (before == null && holders.size() >= NAMES_MAX) {
                throw new SinewException(
                        ErrorCode.TOO_MANY_TRANSACTIONAL_IDS,
                        NAMES_MAX + " names are owned, which is the most; close owners");
            }
            Commit begun = before == null ? Commit.ofNothing() : before.fence();
            owner.begin(begun);
            holders.put(name, owner);
            return begun;
        } finally {
            lock.unlock();
        }
    }

    private static void requireName(String name) {
        if (name.isEmpty() || name.length() > NAME_MAX_CHARS) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "A name that is owned has from 1 to "
                            + NAME_MAX_CHARS
                            + " characters, not "
                            + name.length());
        }
    }

    /// The owner gives its name up, if it still has it.
    void takeBack(String name, EmbeddedOwner owner) {
        lock.lock();
        try {
            holders.remove(name, owner);
        } finally {
            lock.unlock();
        }
    }
}
