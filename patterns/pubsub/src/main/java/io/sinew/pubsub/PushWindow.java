package io.sinew.pubsub;

/// How many messages an endpoint can take at a time, by what it says of it: half as many when it
/// says that it is too much, one more after as many as that got there. A state machine. One thread
/// at a time.
final class PushWindow {
    private final int most;
    private int size;
    private int arrived;

    PushWindow(int most) {
        this.most = most;
        this.size = most;
    }

    int size() {
        return size;
    }

    void succeeded() {
        arrived++;
        if (arrived >= size) {
            arrived = 0;
            size = Math.min(size + 1, most);
        }
    }

    void throttled() {
        arrived = 0;
        size = Math.max(1, size / 2);
    }
}
