package io.sinew.broker;

import io.sinew.topics.Share;
import io.sinew.topics.ShareListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/// Who in this process has which partitions ([io.sinew.topics.Engine#share]), over all engines of
/// one broker. No other process can have any. Whoever shares a topic under the same group takes
/// turns in the order in which they came.
final class Shares {
    private final Topics topics;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final Map<Key, Circle> circles = new HashMap<>();

    private record Key(String group, String topic) {}

    Shares(Topics topics) {
        this.topics = topics;
    }

    /// Adds somebody, and tells everybody what they have now.
    ///
    /// @param open of the engine: has the share in it until it is closed
    Share join(
            String group,
            String topic,
            String address,
            ShareListener listener,
            Set<? super Share> open) {
        while (true) {
            Circle circle;
            lock.lock();
            try {
                circle = circles.computeIfAbsent(new Key(group, topic), Circle::new);
            } finally {
                lock.unlock();
            }
            Optional<Share> joined = circle.join(address, listener, open);
            if (joined.isPresent()) {
                return joined.get();
            }
        }
    }

    /// Those who share one topic under one group.
    private final class Circle {
        private final Key key;

        /// Held while listeners are told.
        private final ReentrantLock telling = new ReentrantLock();

        private final List<Member> members = new CopyOnWriteArrayList<>();
        private final Runnable watcher = this::deal;

        // While `telling` is held.
        private boolean dealing;
        private boolean dealAgain;
        private boolean over;

        Circle(Key key) {
            this.key = key;
        }

        /// Empty when the last one has just left: then there is another circle to join.
        Optional<Share> join(String address, ShareListener listener, Set<? super Share> open) {
            telling.lock();
            try {
                if (over) {
                    return Optional.empty();
                }
                if (members.isEmpty()) {
                    topics.watch(watcher);
                }
                var member = new Member(this, address, listener, open);
                members.add(member);
                open.add(member);
                deal();
                return Optional.of(member);
            } finally {
                telling.unlock();
            }
        }

        void leave(Member member) {
            telling.lock();
            try {
                if (!members.remove(member)) {
                    return;
                }
                member.take(Set.of());
                deal();
                if (members.isEmpty()) {
                    end();
                }
            } finally {
                telling.unlock();
            }
        }

        private void end() {
            over = true;
            topics.unwatch(watcher);
            lock.lock();
            try {
                circles.remove(key, this);
            } finally {
                lock.unlock();
            }
        }

        /// Deals the partitions out as they are now: who loses one is told before who gains it. A
        /// listener that brings about another change sees to it that there is another round.
        private void deal() {
            telling.lock();
            try {
                dealAgain = true;
                if (dealing) {
                    return;
                }
                dealing = true;
                try {
                    while (dealAgain) {
                        dealAgain = false;
                        dealOnce();
                    }
                } finally {
                    dealing = false;
                }
            } finally {
                telling.unlock();
            }
        }

        private void dealOnce() {
            int count = topics.named(key.topic()).map(Topic::partitionCount).orElse(0);
            List<Member> present = List.copyOf(members);
            var hands = new ArrayList<Set<Integer>>();
            present.forEach(_ -> hands.add(new HashSet<>()));
            for (int partition = 0; partition < count && !present.isEmpty(); partition++) {
                hands.get(partition % present.size()).add(partition);
            }
            for (int i = 0; i < present.size(); i++) {
                var kept = new HashSet<>(present.get(i).partitions());
                kept.retainAll(hands.get(i));
                present.get(i).take(kept);
            }
            for (int i = 0; i < present.size(); i++) {
                present.get(i).take(hands.get(i));
            }
        }

        Optional<String> holder(int partition) {
            return members.stream()
                    .filter(member -> member.partitions().contains(partition))
                    .map(member -> member.address)
                    .findFirst();
        }
    }

    private static final class Member implements Share {
        private final Circle circle;
        private final String address;
        private final ShareListener listener;
        private final Set<? super Share> open;
        private volatile Set<Integer> partitions = Set.of();

        Member(Circle circle, String address, ShareListener listener, Set<? super Share> open) {
            this.circle = circle;
            this.address = address;
            this.listener = listener;
            this.open = open;
        }

        @Override
        public Set<Integer> partitions() {
            return partitions;
        }

        @Override
        public Optional<String> holder(int partition) {
            return circle.holder(partition);
        }

        /// Has these partitions from now on, and tells the listener of each difference.
        void take(Set<Integer> wanted) {
            Set<Integer> had = partitions;
            partitions = Set.copyOf(wanted);
            had.stream().filter(partition -> !wanted.contains(partition)).forEach(listener::lost);
            wanted.stream().filter(partition -> !had.contains(partition)).forEach(listener::gained);
        }

        @Override
        public void close() {
            circle.leave(this);
            open.remove(this);
        }
    }
}
