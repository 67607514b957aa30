package io.sinew.clients;

/// Says whether writers may write.
final class LoadGate {
    private volatile boolean open;

    void open() {
        open = true;
    }

    void close() {
        open = false;
    }

    boolean isOpen() {
        return open;
    }
}
