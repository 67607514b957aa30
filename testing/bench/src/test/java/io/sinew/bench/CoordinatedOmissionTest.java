package io.sinew.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class CoordinatedOmissionTest {
    private static final Duration STALL = Duration.ofMillis(400);
    private static final int REQUESTS_PER_SECOND = 500;

    /// Half of what is due during a stall is late by at least half of it, however few requests were
    /// really waiting. A slow machine only makes them later.
    @Test
    void a_stall_counts_for_every_request_that_was_due_in_it() throws Exception {
        var batch = ReadyBatch.fill(1024, 100, 0);
        var load = new ProduceLoad(new ProduceLoad.Shape("any", 1, 1, batch), REQUESTS_PER_SECOND);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> acceptAll(server, threads));
            var address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
            var outcome = load.run(address, STALL.multipliedBy(2));
            long late =
                    outcome.latency()
                            .getCountBetweenValues(STALL.toNanos() / 2, Long.MAX_VALUE >> 8);
            long dueInFirstHalf = REQUESTS_PER_SECOND * STALL.toMillis() / 2 / 1000;
            assertThat(late).isGreaterThanOrEqualTo(dueInFirstHalf * 9 / 10);
        }
    }

    private static void acceptAll(ServerSocket server, ExecutorService threads) {
        try {
            while (true) {
                Socket socket = server.accept();
                threads.execute(() -> answer(socket));
            }
        } catch (IOException e) {
            // The test is over and has closed the server.
        }
    }

    /// Stalls once and then answers everything at once, without errors.
    private static void answer(Socket socket) {
        try (socket) {
            var in = new DataInputStream(socket.getInputStream());
            var out = new DataOutputStream(socket.getOutputStream());
            for (int count = 0; true; count++) {
                int sizeBytes = in.readInt();
                in.readInt();
                int correlationId = in.readInt();
                in.skipNBytes(sizeBytes - 2 * Integer.BYTES);
                if (count == 0) {
                    Pace.rest(STALL);
                }
                byte[] noTagsNoTopics = {0, 1};
                byte[] noThrottleNoTags = {0, 0, 0, 0, 0};
                out.writeInt(Integer.BYTES + noTagsNoTopics.length + noThrottleNoTags.length);
                out.writeInt(correlationId);
                out.write(noTagsNoTopics);
                out.write(noThrottleNoTags);
                out.flush();
            }
        } catch (IOException e) {
            // The client has what it wanted and has closed the connection.
        }
    }
}
