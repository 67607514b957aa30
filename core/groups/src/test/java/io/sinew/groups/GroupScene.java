package io.sinew.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A coordinator with its log and its own time. It holds every decision to the contract of
/// [GroupsState]: nothing durable changes before the replay, no ticket is answered twice; and it
/// takes every record through its bytes.
final class GroupScene {
    static final GroupLimits LIMITS = GroupLimits.defaults();

    private final GroupLimits limits;
    private final ConsumerGroupLimits consumerLimits;
    private final StreamsGroupLimits streamsLimits;
    private final List<GroupRecord> log = new ArrayList<>();
    private final Map<Long, GroupReply> replies = new HashMap<>();
    private final Map<Long, GroupCommand> commands = new HashMap<>();
    private final TreeMap<Long, Long> parkedSinceMs = new TreeMap<>();
    private Consumer<GroupDecision> watcher = _ -> {};
    private List<GroupRecord> lastRecords = List.of();
    private GroupsState state;
    private long nowMs = 1_700_000_000_000L;
    private long lastTicket;
    private GroupTopics topics = GroupTopics.NONE;

    GroupScene() {
        this(LIMITS);
    }

    GroupScene(GroupLimits limits) {
        this(limits, ConsumerGroupLimits.defaults());
    }

    GroupScene(GroupLimits limits, ConsumerGroupLimits consumerLimits) {
        this(limits, consumerLimits, StreamsGroupLimits.defaults());
    }

    GroupScene(
            GroupLimits limits,
            ConsumerGroupLimits consumerLimits,
            StreamsGroupLimits streamsLimits) {
        this.limits = limits;
        this.consumerLimits = consumerLimits;
        this.streamsLimits = streamsLimits;
        this.state = newState();
    }

    private GroupsState newState() {
        return new GroupsState(limits, consumerLimits, streamsLimits);
    }

    long nowMs() {
        return nowMs;
    }

    /// From now on there are these topics.
    void topics(GroupTopic... now) {
        topics = new GroupTopics(topics.version() + 1, List.of(now));
        state.know(topics);
    }

    /// Hands in a command; it may stay without a reply.
    long send(GroupCommand command) {
        long ticket = ++lastTicket;
        commands.put(ticket, command);
        parkedSinceMs.put(ticket, nowMs);
        List<GroupRecord> before = state.snapshot();
        GroupDecision decision = state.handle(nowMs, ticket, command);
        assertThat(state.snapshot()).as("durable before the replay").isEqualTo(before);
        take(decision);
        return ticket;
    }

    /// Hands in a command that is answered at once.
    GroupReply ask(GroupCommand command) {
        return reply(send(command));
    }

    ErrorCode refusal(GroupCommand command) {
        return refusal(send(command));
    }

    ErrorCode refusal(long ticket) {
        assertThat(reply(ticket)).isInstanceOf(GroupReply.Refused.class);
        return ((GroupReply.Refused) reply(ticket)).error();
    }

    boolean isParked(long ticket) {
        return !replies.containsKey(ticket);
    }

    GroupReply reply(long ticket) {
        GroupReply reply = replies.get(ticket);
        assertThat(reply).as("the reply to ticket %s", ticket).isNotNull();
        return Objects.requireNonNull(reply);
    }

    /// The records of the last decision.
    List<GroupRecord> lastRecords() {
        return lastRecords;
    }

    /// Lets time pass, waking the coordinator exactly when it asks for it.
    void pass(long ms) {
        long endMs = nowMs + ms;
        while (state.nextDeadlineMs() <= endMs) {
            nowMs = Math.max(nowMs, state.nextDeadlineMs());
            tick();
        }
        nowMs = endMs;
        tick();
    }

    /// Lets time pass in which nobody wakes the coordinator, and wakes it once at the end.
    void sleep(long ms) {
        nowMs += ms;
        tick();
    }

    private void tick() {
        List<GroupRecord> before = state.snapshot();
        GroupDecision decision = state.tick(nowMs);
        assertThat(state.snapshot()).as("durable before the replay").isEqualTo(before);
        take(decision);
        assertThat(state.nextDeadlineMs()).as("a tick leaves nothing due").isGreaterThan(nowMs);
    }

    /// Shows every decision, after its replay.
    void watch(Consumer<GroupDecision> newWatcher) {
        watcher = newWatcher;
    }

    GroupCommand command(long ticket) {
        return Objects.requireNonNull(commands.get(ticket), "an answer to nobody");
    }

    /// Tickets without a reply, other than those lost in a crash, and when they were sent.
    SortedMap<Long, Long> parkedSinceMs() {
        return parkedSinceMs;
    }

    /// Everything that was not written is forgotten; the log is replayed.
    void crash() {
        parkedSinceMs.clear();
        state = newState();
        state.know(topics);
        log.forEach(state::replay);
    }

    /// The log is replaced by a snapshot.
    void compact() {
        log.clear();
        log.addAll(state.snapshot());
    }

    List<GroupRecord> snapshot() {
        return state.snapshot();
    }

    long nextDeadlineMs() {
        return state.nextDeadlineMs();
    }

    private void take(GroupDecision decision) {
        lastRecords = decision.records();
        for (GroupRecord record : decision.records()) {
            ByteBuffer bytes = ByteBuffer.wrap(GroupRecordV1Format.encode(record));
            GroupRecord read = GroupRecordV1Format.decode(bytes);
            assertThat(read).isEqualTo(record);
            log.add(read);
            state.replay(read);
        }
        for (GroupReply.Addressed addressed : decision.replies()) {
            GroupReply before = replies.put(addressed.ticket(), addressed.reply());
            assertThat(before).as("an earlier reply to %s", addressed.ticket()).isNull();
            parkedSinceMs.remove(addressed.ticket());
        }
        watcher.accept(decision);
    }

    GroupReply.DescribedGroup describe(String groupId) {
        var all =
                (GroupReply.GroupsDescribed) ask(new GroupCommand.DescribeGroups(List.of(groupId)));
        return all.groups().getFirst();
    }

    GroupPhase phase(String groupId) {
        return describe(groupId).phase();
    }

    long committed(String groupId, GroupPartition partition) {
        var fetched =
                (GroupReply.OffsetsFetched)
                        ask(new GroupCommand.FetchOffsets(groupId, List.of(partition), false));
        return fetched.offsets().getFirst().offset();
    }

    /// The results of a command on partitions, without the partitions.
    static List<@Nullable ErrorCode> errors(List<GroupReply.PartitionResult> results) {
        var errors = new ArrayList<@Nullable ErrorCode>();
        results.forEach(result -> errors.add(result.error()));
        return errors;
    }
}
