package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A consumer that speaks the classic protocol as Kafka's clients do: it gives up nothing that it
/// need not, and says in each join what it works on.
final class ClassicConsumer {
    static final String TOPIC = "orders";

    final GroupClient client;
    final TreeSet<Integer> owned = new TreeSet<>();

    ClassicConsumer(@Nullable String instanceId) {
        client = new GroupClient("g");
        client.instanceId = instanceId;
        say();
    }

    /// What it says of itself, with what it works on now.
    private void say() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeShort(3);
            out.writeInt(1);
            out.writeShort(TOPIC.length());
            out.writeBytes(TOPIC);
            out.writeInt(-1);
            out.writeInt(1);
            out.writeShort(TOPIC.length());
            out.writeBytes(TOPIC);
            out.writeInt(owned.size());
            for (int index : owned) {
                out.writeInt(index);
            }
            out.writeInt(client.generation);
            out.writeShort(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        client.protocols =
                List.of(
                        new GroupCommand.Protocol(
                                "cooperative-sticky", GroupBytes.of(bytes.toByteArray())));
    }

    GroupCommand.Join join() {
        say();
        return client.join();
    }

    /// Takes in what it was assigned.
    void take(GroupReply.Synced synced) {
        owned.clear();
        ConsumerProtocolCodec.assignment(synced.assignment())
                .orElseThrow()
                .getOrDefault(TOPIC, List.of())
                .forEach(owned::add);
    }

    /// Sends a heartbeat, and joins and syncs in a consumer group if it is told to.
    ///
    /// @return whether it had to
    boolean live(GroupScene scene) {
        GroupReply beat = scene.ask(client.heartbeat());
        if (beat instanceof GroupReply.Alive) {
            return false;
        }
        ErrorCode error = ((GroupReply.Refused) beat).error();
        if (error != ErrorCode.REBALANCE_IN_PROGRESS) {
            throw new AssertionError("refused as " + error);
        }
        rejoin(scene);
        return true;
    }

    void rejoin(GroupScene scene) {
        client.joined(scene, scene.send(join()));
        if (scene.ask(client.sync()) instanceof GroupReply.Synced synced) {
            take(synced);
        }
    }

    /// Brings a classic group from empty to stable, in which each has as many partitions, in order.
    static void settle(GroupScene scene, int each, ClassicConsumer... consumers) {
        GroupClient[] clients =
                Arrays.stream(consumers).map(c -> c.client).toArray(GroupClient[]::new);
        GroupClient.settle(scene, clients);
        // Once more, for an assignment that can be read.
        var tickets = new HashMap<ClassicConsumer, Long>();
        for (ClassicConsumer consumer : consumers) {
            tickets.put(consumer, scene.send(consumer.join()));
        }
        var assignments = new HashMap<String, GroupBytes>();
        int next = 0;
        for (ClassicConsumer consumer : consumers) {
            var own = new TreeSet<Integer>();
            for (int end = next + each; next < end; next++) {
                own.add(next);
            }
            assignments.put(
                    consumer.client.memberId,
                    ConsumerProtocolCodec.assignment(Map.of(TOPIC, List.copyOf(own)), 3));
        }
        tickets.forEach((consumer, ticket) -> consumer.client.joined(scene, ticket));
        for (int i = consumers.length - 1; i >= 0; i--) {
            ClassicConsumer consumer = consumers[i];
            long ticket =
                    scene.send(i == 0 ? consumer.client.sync(assignments) : consumer.client.sync());
            tickets.put(consumer, ticket);
        }
        tickets.forEach(
                (consumer, ticket) -> consumer.take((GroupReply.Synced) scene.reply(ticket)));
    }
}
