package io.sinew.server;

import io.sinew.server.Door.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Messages that are sent through one door, and consumers at several that go over to it when theirs
/// closes. It fails when a message comes again whose acknowledgement had been answered.
final class QueueLoad {
    private final String queue;
    private final Door door;
    private final int count;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

    /// Acknowledged, or so late that nobody knows which answer was lost.
    private final Set<String> finished = ConcurrentHashMap.newKeySet();

    private final List<CompletableFuture<Void>> all = new ArrayList<>();

    /// @param queue its path
    /// @param door that stays open
    QueueLoad(String queue, Door door, int count) {
        this.queue = queue;
        this.door = door;
        this.count = count;
    }

    private interface Part {
        void run() throws Exception;
    }

    private static void run(Part part) {
        try {
            part.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void send() throws Exception {
        for (int i = 0; i < count; i++) {
            Answer sent = door.insist("POST", queue + "/messages", "{\"text\":\"load " + i + "\"}");
            if (sent.status() != 200) {
                throw new AssertionError(sent);
            }
        }
    }

    /// Starts the sender.
    void start() {
        all.add(CompletableFuture.runAsync(() -> run(this::send)));
    }

    /// Starts two consumers at a door.
    void start(Door at) {
        for (int i = 0; i < 2; i++) {
            all.add(CompletableFuture.runAsync(() -> run(() -> consume(at))));
        }
    }

    int finished() {
        return finished.size();
    }

    private void consume(Door at) throws Exception {
        while (finished() < count) {
            Answer received = ask(at, "/receive?max=3&waitMs=500", "");
            List<String> receipts = received.all("receipt");
            for (int i = 0; i < receipts.size(); i++) {
                String text = received.all("text").get(i);
                if (acknowledged.contains(text)) {
                    throw new AssertionError(text + " was acknowledged, and came again");
                }
                Answer settled = ask(at, "/ack", "{\"receipts\":[\"" + receipts.get(i) + "\"]}");
                if (settled.one("result").equals("done")) {
                    acknowledged.add(text);
                }
                finished.add(text);
            }
        }
    }

    private Answer ask(Door at, String what, String body) throws Exception {
        try {
            Answer answer = at.insist("POST", queue + what, body);
            if (answer.status() == 200) {
                return answer;
            }
        } catch (IOException e) {
            // It has closed, perhaps before it could answer.
        }
        return door.insist("POST", queue + what, body);
    }

    /// Waits for the end of it.
    void join() {
        all.forEach(CompletableFuture::join);
    }
}
