package io.sinew.cluster;

import io.sinew.base.Clock;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;

/// Who has which partition of a topic, as the cluster tells of a sharing group: each member's
/// client id has its address in it, with all but letters, digits and `.-_*` written as `%XX`.
final class Holders {
    private static final String ROLE = "share.";

    private final Clients clients;
    private final Clock clock;
    private final String group;
    private final String topic;
    private final ReentrantLock lock = new ReentrantLock();
    private Map<Integer, String> addresses = Map.of();
    private long askedNanos;
    private boolean asked;

    Holders(Clients clients, Clock clock, String group, String topic) {
        this.clients = clients;
        this.clock = clock;
        this.group = group;
        this.topic = topic;
    }

    /// The client id of a member that can be reached at an address.
    static String clientId(String prefix, String address) {
        return prefix + ROLE + URLEncoder.encode(address, StandardCharsets.UTF_8);
    }

    private Optional<String> address(String clientId) {
        String begin = clients.settings().prefix() + ROLE;
        if (!clientId.startsWith(begin)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    URLDecoder.decode(clientId.substring(begin.length()), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            // A member that somebody else put into the group.
            return Optional.empty();
        }
    }

    Optional<String> of(int partition) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!asked || clock.nanos() - askedNanos > ClusterLimits.HOLDERS_AGE.toNanos()) {
                ask();
            }
            return Optional.ofNullable(addresses.get(partition));
        } finally {
            lock.unlock();
        }
    }

    private void ask() throws InterruptedException {
        ConsumerGroupDescription description =
                clients.answer(
                                clients.admin().describeConsumerGroups(List.of(group)).all(),
                                "asking who has the partitions of '" + topic + "'")
                        .get(group);
        var found = new HashMap<Integer, String>();
        boolean anybody = false;
        if (description != null) {
            for (MemberDescription member : description.members()) {
                anybody = true;
                Optional<String> address = address(member.clientId());
                for (TopicPartition at : member.assignment().topicPartitions()) {
                    if (address.isPresent() && at.topic().equals(topic)) {
                        found.put(at.partition(), address.get());
                    }
                }
            }
        }
        askedNanos = clock.nanos();
        asked = true;
        // While a group rebalances its members are shown without partitions: most of them keep
        // theirs, so what was known is the better answer.
        if (!found.isEmpty() || !anybody) {
            addresses = found;
        }
    }
}
