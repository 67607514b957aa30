package io.sinew.log;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What stands for a record's key in a compaction: the first 128 bits of SHA-256 of the data
/// directory's salt and the key. Two keys with one hash would cost a record, so nobody may be able
/// to look for them: the salt is known to nobody else. One object hashes one key after the other.
/// Not thread-safe.
final class KeyHash {
    private final MessageDigest digest;
    private final byte[] salt;
    private long high;
    private long low;

    KeyHash(long salt) {
        this.salt = ByteBuffer.allocate(Long.BYTES).putLong(salt).array();
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void begin() {
        digest.reset();
        digest.update(salt);
    }

    void add(byte[] bytes, int from, int count) {
        digest.update(bytes, from, count);
    }

    void end() {
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        high = hash.getLong();
        low = hash.getLong();
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }
}
