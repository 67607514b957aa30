package io.sinew.kit;

import io.sinew.base.Check;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A process that this one started, and that never outlives it: [#close] ends it, and so does the
/// end of this JVM by exit, Ctrl-C or SIGTERM. (Only a SIGKILL of this JVM leaves it behind.)
/// Processes that it started in turn go with it.
///
/// Its standard output and error go, together, into a file, and the last [#LINES_MAX] lines are
/// kept for messages and for [#awaitLine].
public final class ChildProcess implements AutoCloseable {
    /// How many of the last lines of output are kept in memory.
    public static final int LINES_MAX = 500;

    /// How long [#close] waits after SIGTERM before it sends SIGKILL.
    public static final Duration STOP_GRACE = Duration.ofSeconds(20);

    /// How long the rest of the output is waited for: a process that got away from its parent can
    /// hold the pipe open for ever.
    private static final Duration OUTPUT_LIMIT = Duration.ofSeconds(5);

    private static final int LINES_IN_MESSAGE = 30;
    private static final Set<ChildProcess> LIVE = ConcurrentHashMap.newKeySet();
    private static volatile boolean ending;

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(ChildProcess::killAll, "end-child-processes"));
    }

    private final String name;
    private final Process process;
    private final Thread reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private boolean outputEnded;
    private boolean paused;

    private ChildProcess(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.reader =
                Thread.ofPlatform().daemon().name(name + "-output").unstarted(() -> read(output));
    }

    /// Starts what `builder` says. The redirections of `builder` are replaced.
    ///
    /// @param name for messages: "kafka", "sinew"
    /// @param output the file that gets the output; overwritten if it exists
    public static ChildProcess start(String name, ProcessBuilder builder, Path output)
            throws IOException {
        builder.redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.PIPE);
        var child = new ChildProcess(name, builder.start(), output);
        LIVE.add(child);
        child.reader.start();
        if (ending) {
            // Other threads go on while this JVM ends, and nobody would end what they start now.
            child.killTree();
        }
        return child;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// This process's id and those of all it started, itself first.
    public List<Long> treePids() {
        return Stream.concat(
                        Stream.of(process.pid()),
                        process.toHandle().descendants().map(ProcessHandle::pid))
                .toList();
    }

    /// The exit code of a process that has ended: 128 + n after signal n.
    public int exitCode() {
        return process.exitValue();
    }

    /// The last lines of output, oldest first; at most [#LINES_MAX].
    public List<String> lastLines() {
        lock.lock();
        try {
            return List.copyOf(lines);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the process has printed a line that `wanted` accepts, and returns it. A line
    /// that is no longer among the last [#LINES_MAX] is not found.
    ///
    /// @throws AssertionError after `limit`, or when the output ended without such a line
    public String awaitLine(Duration limit, Predicate<String> wanted) throws InterruptedException {
        long leftNanos = limit.toNanos();
        lock.lock();
        try {
            while (true) {
                for (String line : lines) {
                    if (wanted.test(line)) {
                        return line;
                    }
                }
                if (outputEnded) {
                    throw new AssertionError(name + " ended without the line" + excerpt());
                }
                if (leftNanos <= 0) {
                    throw new AssertionError(name + ": no such line in " + limit + excerpt());
                }
                leftNanos = changed.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until something accepts connections at `address`.
    ///
    /// @throws AssertionError after `limit`, or as soon as the process has ended
    public void awaitPort(Duration limit, InetSocketAddress address) throws Exception {
        Eventually.await(
                limit,
                name + " to listen on " + address,
                () -> {
                    if (!isAlive()) {
                        throw new AssertionError(
                                name + " ended with exit code " + exitCode() + excerpt());
                    }
                    return accepts(address);
                });
    }

    /// Waits for the process to end by itself.
    ///
    /// @return the exit code
    /// @throws AssertionError after `limit`
    public int awaitExit(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError(name + " did not end within " + limit + excerpt());
        }
        reader.join(OUTPUT_LIMIT);
        LIVE.remove(this);
        return process.exitValue();
    }

    /// SIGTERM; then SIGKILL if it has not ended within `grace`, a sign of a hang.
    ///
    /// @return whether it ended on SIGTERM
    public boolean stop(Duration grace) throws InterruptedException {
        List<ProcessHandle> tree = process.toHandle().descendants().toList();
        if (paused) {
            resume();
        }
        // Not the process's own method: that closes the pipe, and its last words would be lost.
        process.toHandle().destroy();
        boolean ended = process.waitFor(grace.toNanos(), TimeUnit.NANOSECONDS);
        tree.forEach(ProcessHandle::destroyForcibly);
        kill();
        return ended;
    }

    /// SIGKILL, to it and to all it started; returns when it is gone.
    public void kill() throws InterruptedException {
        killTree();
        process.waitFor();
        reader.join(OUTPUT_LIMIT);
        LIVE.remove(this);
    }

    /// SIGSTOP: it stands still but keeps its sockets, as a process on an overloaded machine does.
    public void pause() throws InterruptedException {
        signal("STOP");
        paused = true;
    }

    /// SIGCONT, after [#pause].
    public void resume() throws InterruptedException {
        signal("CONT");
        paused = false;
    }

    @Override
    public void close() {
        try {
            stop(STOP_GRACE);
        } catch (InterruptedException e) {
            killTree();
            Thread.currentThread().interrupt();
        }
    }

    private static void killAll() {
        ending = true;
        LIVE.forEach(ChildProcess::killTree);
    }

    private void killTree() {
        List<ProcessHandle> tree = process.toHandle().descendants().toList();
        process.toHandle().destroyForcibly();
        tree.forEach(ProcessHandle::destroyForcibly);
    }

    private void signal(String signal) throws InterruptedException {
        Check.that(isAlive(), name + " is alive to be sent a signal");
        var kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).inheritIO();
        try {
            int exitCode = kill.start().waitFor();
            Check.that(exitCode == 0, "kill -" + signal + " was allowed", exitCode, 0);
        } catch (IOException e) {
            throw new UncheckedIOException("the command `kill` could not be run", e);
        }
    }

    private void read(Path output) {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8);
                BufferedWriter out = Files.newBufferedWriter(output)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                add(line, out);
            }
        } catch (IOException e) {
            // The pipe broke because the process was killed, or the folder of the file is gone.
        } finally {
            lock.lock();
            try {
                outputEnded = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void add(String line, Writer out) throws IOException {
        out.write(line);
        out.write('\n');
        out.flush();
        lock.lock();
        try {
            if (lines.size() == LINES_MAX) {
                lines.removeFirst();
            }
            lines.addLast(line);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private String excerpt() {
        List<String> all = lastLines();
        List<String> last = all.subList(Math.max(0, all.size() - LINES_IN_MESSAGE), all.size());
        return last.isEmpty()
                ? "; it printed nothing"
                : "; it printed:\n" + String.join("\n", last);
    }

    private static boolean accepts(InetSocketAddress address) {
        try (SocketChannel channel = SocketChannel.open(address)) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
