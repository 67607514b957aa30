package io.sinew.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChildProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int SIGKILL = 9;

    private TempFolder folder;

    @BeforeEach
    void createFolder() throws Exception {
        folder = TempFolder.create();
    }

    @AfterEach
    void deleteFolder() throws Exception {
        folder.close();
    }

    @Test
    void a_child_that_ends_before_it_listens_is_reported_with_what_it_printed() throws Exception {
        try (var child = start("fail")) {
            var nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next());
            assertThatThrownBy(() -> child.awaitPort(LIMIT, nobody))
                    .hasMessageContaining("exit code 7")
                    .hasMessageContaining("something is wrong");
        }
    }

    @Test
    void a_line_that_never_comes_is_reported_when_the_output_ends() throws Exception {
        try (var child = start("fail")) {
            assertThatThrownBy(() -> child.awaitLine(LIMIT, "ready"::equals))
                    .hasMessageContaining("something is wrong");
        }
    }

    @Test
    void stop_lets_the_child_finish_its_work_and_kill_does_not() throws Exception {
        Path stopped = folder.path().resolve("stopped");
        try (var child = start("wait", stopped.toString())) {
            child.awaitLine(LIMIT, "ready"::equals);
            assertThat(child.stop(LIMIT)).isTrue();
            assertThat(stopped).exists();
            assertThat(child.lastLines()).containsExactly("ready", "last words");
        }
        Path killed = folder.path().resolve("killed");
        try (var child = start("wait", killed.toString())) {
            child.awaitLine(LIMIT, "ready"::equals);
            child.kill();
            assertThat(child.exitCode()).isEqualTo(128 + SIGKILL);
            assertThat(killed).doesNotExist();
        }
    }

    @Test
    void a_child_that_ignores_sigterm_is_killed_after_the_grace() throws Exception {
        try (var child = start("ignore")) {
            child.awaitLine(LIMIT, "ready"::equals);
            assertThat(child.stop(Duration.ofMillis(200))).isFalse();
            assertThat(child.isAlive()).isFalse();
        }
    }

    @Test
    void a_paused_child_stands_still_until_it_is_resumed() throws Exception {
        int port = FreePorts.next();
        try (var child = start("serve", Integer.toString(port))) {
            child.awaitPort(LIMIT, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            child.pause();
            Eventually.await(LIMIT, "the child to stand still", () -> state(child) == 'T');
            child.resume();
            Eventually.await(LIMIT, "the child to go on", () -> state(child) != 'T');
            child.pause();
        }
        assertThat(portIsFree(port)).as("close ends even a paused child").isTrue();
    }

    @Test
    void what_a_child_started_goes_with_it() throws Exception {
        var shell = new ProcessBuilder("sh", "-c", "cat /dev/zero > /dev/null & echo ready; wait");
        var child = ChildProcess.start("shell", shell, folder.path().resolve("out"));
        child.awaitLine(LIMIT, "ready"::equals);
        List<Long> pids = child.treePids();
        assertThat(pids).hasSize(2);
        child.close();
        Eventually.await(
                LIMIT,
                "the whole tree to end",
                () -> pids.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
    }

    private ChildProcess start(String... arguments) throws Exception {
        return ChildJvm.of(Program.class)
                .flags(List.of("-XX:+UseSerialGC", "-Xmx32m", "-XX:TieredStopAtLevel=1"))
                .start("program", folder.path().resolve("out"), List.of(arguments));
    }

    /// The letter in `/proc/PID/stat`: T is stopped.
    private static char state(ChildProcess child) throws Exception {
        String stat = Files.readString(Path.of("/proc", Long.toString(child.pid()), "stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    private static boolean portIsFree(int port) throws Exception {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.isBound();
        }
    }

    /// What runs in the child.
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            switch (arguments[0]) {
                case "fail" -> {
                    System.err.println("something is wrong");
                    System.exit(7);
                }
                case "wait" -> {
                    Path trace = Path.of(arguments[1]);
                    Runtime.getRuntime().addShutdownHook(new Thread(() -> touch(trace)));
                }
                case "ignore" ->
                        Runtime.getRuntime().addShutdownHook(new Thread(Program::waitForEver));
                default -> {
                    try (var socket =
                            new ServerSocket(
                                    Integer.parseInt(arguments[1]),
                                    1,
                                    InetAddress.getLoopbackAddress())) {
                        while (true) {
                            socket.accept().close();
                        }
                    }
                }
            }
            System.out.println("ready");
            waitForEver();
        }

        private static void touch(Path file) {
            try {
                Files.createFile(file);
                System.out.println("last words");
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private static void waitForEver() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
