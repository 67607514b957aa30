package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import org.jspecify.annotations.Nullable;

/// Whether the log takes appends. A full disk is over when a write succeeds again; a failed sync
/// never is, because what the operating system did with the bytes can't be known: only a restart,
/// which reads back what is there, can tell.
public final class LogHealth {
    private static final System.Logger LOGGER = System.getLogger(LogHealth.class.getName());

    private volatile boolean fullAhead;
    private volatile boolean fullBehind;
    private volatile @Nullable SinewException stopped;

    LogHealth() {}

    /// How the log is, for people and for `GET /health`.
    public sealed interface Status {
        /// Appends are taken.
        record Running() implements Status {}

        /// Appends are refused until there is space again.
        record DiskFull() implements Status {}

        /// Appends are refused until a restart.
        record Stopped(String reason) implements Status {}
    }

    public Status status() {
        SinewException cause = stopped;
        if (cause != null) {
            return new Status.Stopped(String.valueOf(cause.getMessage()));
        }
        return fullAhead || fullBehind ? new Status.DiskFull() : new Status.Running();
    }

    /// @throws SinewException `LOG_STOPPED`
    void requireRunning() {
        SinewException cause = stopped;
        if (cause != null) {
            throw new SinewException(cause.code(), String.valueOf(cause.getMessage()), cause);
        }
    }

    /// @throws SinewException `LOG_STOPPED` or `DISK_FULL`
    void requireWritable() {
        requireWritableAhead();
        if (fullBehind) {
            throw full();
        }
    }

    /// What gives space back goes on while only the segments lack it: the write-ahead log takes its
    /// record, and no segment gets any of it.
    ///
    /// @throws SinewException `LOG_STOPPED` or `DISK_FULL`
    void requireWritableAhead() {
        requireRunning();
        if (fullAhead) {
            throw full();
        }
    }

    private static SinewException full() {
        return new SinewException(
                ErrorCode.DISK_FULL,
                "the disk is full: free some space; writes are taken again by themselves");
    }

    boolean isStopped() {
        return stopped != null;
    }

    void diskFullAhead() {
        if (!fullAhead) {
            fullAhead = true;
            LOGGER.log(
                    System.Logger.Level.ERROR, "disk=full; refusing writes until there is space");
        }
    }

    void wroteAhead() {
        if (fullAhead) {
            fullAhead = false;
            LOGGER.log(System.Logger.Level.INFO, "disk=writable; taking writes again");
        }
    }

    void diskFullBehind() {
        if (!fullBehind) {
            fullBehind = true;
            LOGGER.log(
                    System.Logger.Level.ERROR, "disk=full; refusing writes until there is space");
        }
    }

    void wroteBehind() {
        if (fullBehind) {
            fullBehind = false;
            LOGGER.log(System.Logger.Level.INFO, "disk=writable; taking writes again");
        }
    }

    /// Stops the log for good; the first reason counts.
    synchronized SinewException stop(String what, Throwable cause) {
        SinewException known = stopped;
        if (known != null) {
            return known;
        }
        var reason =
                new SinewException(
                        ErrorCode.LOG_STOPPED,
                        what
                                + " ("
                                + cause
                                + "); nothing more is accepted. Check the disk, then restart: what was"
                                + " acknowledged is recovered",
                        cause);
        stopped = reason;
        LOGGER.log(System.Logger.Level.ERROR, "log=stopped", reason);
        return reason;
    }
}
