package io.sinew.http;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The codec of a door's receipts, made for the first request that needs one: on a cluster its key
/// is asked for over the network. Safe for any thread.
final class FirstReceiptCodec implements Supplier<ReceiptCodec> {
    private final Supplier<byte[]> key;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private @Nullable ReceiptCodec receipts;

    /// @param key as [ReceiptCodec] wants it
    FirstReceiptCodec(Supplier<byte[]> key) {
        this.key = key;
    }

    @Override
    public ReceiptCodec get() {
        lock.lock();
        try {
            ReceiptCodec made = receipts;
            if (made == null) {
                made = new ReceiptCodec(key.get());
                receipts = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }
}
