package io.sinew.topics;

/// Told which partitions a process has. Called by one thread at a time, which shares nothing else
/// meanwhile: a listener that takes long loses its partitions.
public interface ShareListener {
    /// The partition is this process's from now on.
    void gained(int partition);

    /// The partition is not this process's any more, or will not be when this returns. The next one
    /// may have it already.
    void lost(int partition);
}
