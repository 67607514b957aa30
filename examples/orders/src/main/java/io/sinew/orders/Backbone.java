package io.sinew.orders;

import java.io.IOException;

/// The server that the story plays on, and that it pulls the plug of.
public interface Backbone {
    /// Where Kafka clients connect, `HOST:PORT`; the same after [#restart].
    String address();

    /// Where its HTTP door is, `HOST:PORT`; the same after [#restart].
    String httpAddress();

    /// SIGKILL: no goodbye, no last write.
    void kill() throws IOException, InterruptedException;

    /// Starts it again on the data that it left; ready when it returns.
    void restart() throws IOException, InterruptedException;
}
