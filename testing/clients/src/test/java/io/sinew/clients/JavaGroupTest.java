package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static io.sinew.clients.JavaClients.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Eventually;
import io.sinew.kit.ForkedSinew;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Consumer groups of kafka-clients, in the classic protocol.
class JavaGroupTest {
    private static final int PARTITIONS = 6;
    private static final Map<String, Object> RANGE =
            Map.of("partition.assignment.strategy", RangeAssignor.class.getName());
    private static final Map<String, Object> COOPERATIVE =
            Map.of("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());

    @TempDir static Path folder;
    private static ForkedSinew sinew;
    private static JavaClients clients;

    @BeforeAll
    static void start() throws Exception {
        sinew = ForkedSinew.start(folder, "num.partitions=" + PARTITIONS);
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

    @Test
    void members_share_the_partitions_and_take_over_from_one_that_leaves() throws Exception {
        fill("shared", "a", 50);
        try (var first = GroupMember.join(clients, "sharing", "shared", RANGE)) {
            awaitReceived(50 * PARTITIONS, first);
            try (var second = GroupMember.join(clients, "sharing", "shared", RANGE)) {
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
    void a_group_goes_on_where_it_had_committed() throws Exception {
        fill("resumed", "a", 20);
        try (var member = GroupMember.join(clients, "resuming", "resumed", RANGE)) {
            awaitReceived(20 * PARTITIONS, member);
        }
        fill("resumed", "b", 20);
        try (var member = GroupMember.join(clients, "resuming", "resumed", RANGE)) {
            awaitReceived(20 * PARTITIONS, member);
            assertThat(member.received()).containsExactlyInAnyOrderElementsOf(filled("b", 20));
        }
    }

    @Test
    void a_cooperative_member_keeps_what_it_keeps_while_others_join() throws Exception {
        fill("cooperative", "a", 50);
        try (var first = GroupMember.join(clients, "cooperating", "cooperative", COOPERATIVE)) {
            awaitShare(first, PARTITIONS);
            try (var second = GroupMember.join(clients, "cooperating", "cooperative", COOPERATIVE);
                    var third =
                            GroupMember.join(clients, "cooperating", "cooperative", COOPERATIVE)) {
                awaitShare(first, 2);
                awaitShare(second, 2);
                awaitShare(third, 2);
                assertThat(union(first, second, third)).hasSize(PARTITIONS);
                fill("cooperative", "b", 50);
                awaitReceived(100 * PARTITIONS, first, second, third);
                assertThat(received(first, second, third))
                        .containsAll(filled("a", 50))
                        .containsAll(filled("b", 50))
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void a_static_member_comes_back_to_its_partitions_without_a_rebalance() throws Exception {
        fill("static", "a", 10);
        Map<String, Object> one = withInstance("one");
        Map<String, Object> two = withInstance("two");
        try (var staying = GroupMember.join(clients, "static-group", "static", one)) {
            // Before the other comes and takes some of it with it when it goes.
            awaitReceived(10 * PARTITIONS, staying);
            Set<Integer> before;
            int generation;
            try (var leaving = GroupMember.join(clients, "static-group", "static", two)) {
                awaitShare(leaving, 3);
                awaitShare(staying, 3);
                before = leaving.assigned();
                generation = staying.generation();
            }
            int revocations = staying.revocations();
            try (var returned = GroupMember.join(clients, "static-group", "static", two)) {
                awaitShare(returned, 3);
                assertThat(returned.assigned()).isEqualTo(before);
                fill("static", "b", 10);
                awaitReceived(20 * PARTITIONS, staying, returned);
                assertThat(staying.revocations()).isEqualTo(revocations);
                assertThat(staying.generation()).isEqualTo(generation);
            }
        }
    }

    private static Map<String, Object> withInstance(String id) {
        return Map.of(
                "group.instance.id",
                id,
                "partition.assignment.strategy",
                RangeAssignor.class.getName());
    }
}
