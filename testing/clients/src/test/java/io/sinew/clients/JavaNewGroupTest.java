package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static io.sinew.clients.JavaClients.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Eventually;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Consumer groups of kafka-clients, in the protocol where the broker shares out (KIP-848).
class JavaNewGroupTest {
    private static final int PARTITIONS = 6;
    private static final Map<String, Object> MODERN = Map.of("group.protocol", "consumer");
    private static final Map<String, Object> CLASSIC =
            Map.of("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());

    @TempDir static Path folder;
    private static ForkedSinew sinew;
    private static JavaClients clients;

    @BeforeAll
    static void start() throws Exception {
        sinew =
                ForkedSinew.start(
                        folder,
                        "num.partitions=" + PARTITIONS,
                        "group.consumer.min.heartbeat.interval.ms=100",
                        "group.consumer.heartbeat.interval.ms=100",
                        "group.consumer.assignment.interval.ms=0");
        clients = new JavaClients(sinew.bootstrap());
    }

    @AfterAll
    static void stop() {
        sinew.close();
    }

    private static void fill(String topic, String prefix, int each) throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            clients.send(
                    new TopicPartition(topic, partition),
                    Map.of(),
                    numbered(prefix + partition + "-", each));
        }
    }

    private static List<String> filled(String prefix, int each) {
        var all = new ArrayList<String>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            all.addAll(numbered(prefix + partition + "-", each));
        }
        return all;
    }

    private static void awaitShare(GroupMember member, int partitions) throws Exception {
        Eventually.await(
                LIMIT,
                partitions + " partitions for a member",
                () -> member.assigned().size() == partitions);
    }

    private static void awaitReceived(int count, GroupMember... members) throws Exception {
        Eventually.await(LIMIT, count + " records", () -> received(members).size() >= count);
    }

    private static List<String> received(GroupMember... members) {
        var all = new ArrayList<String>();
        for (GroupMember member : members) {
            all.addAll(member.received());
        }
        return all;
    }

    private static Set<Integer> union(GroupMember... members) {
        var all = new TreeSet<Integer>();
        for (GroupMember member : members) {
            all.addAll(member.assigned());
        }
        return all;
    }

    private static GroupType type(String group) throws Exception {
        try (var admin = clients.admin()) {
            return admin.describeConsumerGroups(List.of(group))
                    .describedGroups()
                    .values()
                    .iterator()
                    .next()
                    .get()
                    .type();
        }
    }

    @Test
    void members_share_the_partitions_and_read_each_record_once_while_others_come_and_go()
            throws Exception {
        fill("shared", "a", 50);
        try (var first = GroupMember.join(clients, "sharing", "shared", MODERN)) {
            awaitReceived(50 * PARTITIONS, first);
            try (var second = GroupMember.join(clients, "sharing", "shared", MODERN)) {
                awaitShare(second, 3);
                awaitShare(first, 3);
                assertThat(union(first, second)).hasSize(PARTITIONS);
                fill("shared", "b", 50);
                awaitReceived(100 * PARTITIONS, first, second);
                assertThat(received(first, second))
                        .containsAll(filled("a", 50))
                        .containsAll(filled("b", 50))
                        .doesNotHaveDuplicates();
            }
            awaitShare(first, PARTITIONS);
        }
    }

    @Test
    void a_killed_broker_knows_its_members_and_their_offsets_again() throws Exception {
        fill("killed", "a", 20);
        try (var first = GroupMember.join(clients, "killing", "killed", MODERN);
                var second = GroupMember.join(clients, "killing", "killed", MODERN)) {
            awaitShare(first, 3);
            awaitShare(second, 3);
            awaitReceived(20 * PARTITIONS, first, second);
            Set<Integer> before = first.assigned();
            sinew.kill();
            sinew.start();
            fill("killed", "b", 20);
            awaitReceived(40 * PARTITIONS, first, second);
            assertThat(first.assigned()).isEqualTo(before);
            assertThat(received(first, second))
                    .containsAll(filled("a", 20))
                    .containsAll(filled("b", 20));
        }
        fill("killed", "c", 20);
        try (var third = GroupMember.join(clients, "killing", "killed", MODERN)) {
            awaitReceived(20 * PARTITIONS, third);
            assertThat(third.received()).containsExactlyInAnyOrderElementsOf(filled("c", 20));
        }
    }

    @Test
    void a_group_goes_over_to_the_new_protocol_and_back_member_by_member() throws Exception {
        fill("moving", "a", 20);
        try (var old = GroupMember.join(clients, "movers", "moving", CLASSIC)) {
            awaitReceived(20 * PARTITIONS, old);
            assertThat(type("movers")).isEqualTo(GroupType.CLASSIC);
            try (var modern = GroupMember.join(clients, "movers", "moving", MODERN)) {
                awaitShare(modern, 3);
                awaitShare(old, 3);
                assertThat(type("movers")).isEqualTo(GroupType.CONSUMER);
                fill("moving", "b", 20);
                awaitReceived(40 * PARTITIONS, old, modern);
            }
            awaitShare(old, PARTITIONS);
            assertThat(type("movers")).isEqualTo(GroupType.CLASSIC);
            fill("moving", "c", 20);
            Eventually.await(
                    LIMIT, "what came last", () -> old.received().containsAll(filled("c", 20)));
        }
    }
}
