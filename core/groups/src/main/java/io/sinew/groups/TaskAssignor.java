package io.sinew.groups;

import io.sinew.groups.StreamsTask.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Shares out the tasks of a streams application: each is worked on by one member, the members of
/// all processes having about as many, and those that had it before, or have its state, before
/// others. Standby copies are in other processes than the task and each other.
final class TaskAssignor {
    /// Who takes part.
    ///
    /// @param former its target up to now
    record Worker(String memberId, String processId, SortedSet<StreamsTask> former) {}

    /// One member with what it gets.
    private static final class Share {
        final String memberId;
        final Host process;
        final SortedSet<StreamsTask> tasks = new TreeSet<>();

        Share(String memberId, Host process) {
            this.memberId = memberId;
            this.process = process;
        }

        int activeCount() {
            return (int) tasks.stream().filter(task -> task.role() == Role.ACTIVE).count();
        }
    }

    /// The members of one process, which share its disk.
    private static final class Host {
        final String processId;
        final List<Share> members = new ArrayList<>();
        final Set<StreamsTask> tasks = new HashSet<>();

        Host(String processId) {
            this.processId = processId;
        }

        /// Whether it has a task in any role.
        boolean has(StreamsTask task) {
            for (Role role : Role.values()) {
                if (tasks.contains(task.as(role))) {
                    return true;
                }
            }
            return false;
        }

        double load() {
            return (double) tasks.size() / members.size();
        }
    }

    private static final Comparator<Host> LEAST_LOADED =
            Comparator.comparingDouble(Host::load).thenComparing(process -> process.processId);
    private static final Comparator<Share> LEAST =
            Comparator.comparingInt((Share share) -> share.tasks.size())
                    .thenComparing(share -> share.memberId);

    private final SortedMap<String, Host> processes = new TreeMap<>();
    private final SortedMap<String, Share> shares = new TreeMap<>();

    /// Tasks that each member works on at least, and how many members may have one more.
    private int quota;

    private int above;

    /// Who had a task before, in that role.
    private final Map<StreamsTask, List<Share>> formerly = new HashMap<>();

    private TaskAssignor(Collection<Worker> workers) {
        for (Worker worker : workers) {
            Host process = processes.computeIfAbsent(worker.processId(), Host::new);
            var share = new Share(worker.memberId(), process);
            process.members.add(share);
            shares.put(share.memberId, share);
            for (StreamsTask task : worker.former()) {
                formerly.computeIfAbsent(task, _ -> new ArrayList<>()).add(share);
            }
        }
    }

    /// Shares out.
    ///
    /// @param taskCounts by subtopology
    /// @param stateful subtopologies that keep state
    /// @param standbys copies of each task with state
    /// @return by member id; somebody for every worker
    static Map<String, SortedSet<StreamsTask>> assign(
            Collection<Worker> workers,
            SortedMap<String, Integer> taskCounts,
            Predicate<String> stateful,
            int standbys) {
        var assignor = new TaskAssignor(workers);
        var tasks = new ArrayList<StreamsTask>();
        taskCounts.forEach((subtopologyId, count) -> {
            for (int partition = 0; partition < count; partition++) {
                tasks.add(new StreamsTask(Role.ACTIVE, subtopologyId, partition));
            }
        });
        if (!workers.isEmpty()) {
            assignor.assignActive(tasks);
            for (StreamsTask task : tasks) {
                if (stateful.test(task.subtopologyId())) {
                    assignor.assignStandbys(task, standbys);
                }
            }
        }
        var assigned = new HashMap<String, SortedSet<StreamsTask>>();
        assignor.shares.forEach((memberId, share) -> assigned.put(memberId, share.tasks));
        return assigned;
    }

    /// Those that had a task keep it, then those that have its state get it, as long as they have
    /// room; the rest is for whoever has least.
    private void assignActive(List<StreamsTask> tasks) {
        quota = tasks.size() / shares.size();
        above = tasks.size() % shares.size();
        var rest = new ArrayList<StreamsTask>();
        for (StreamsTask task : tasks) {
            if (!giveBack(task, task)) {
                rest.add(task);
            }
        }
        for (StreamsTask task : rest) {
            if (!giveBack(task, task.as(Role.STANDBY))) {
                give(task, leastLoaded(_ -> true).orElseThrow());
            }
        }
    }

    /// Whoever had a task before in its role and has room for one more, and least of these.
    private Optional<Share> former(StreamsTask task) {
        return formerly.getOrDefault(task, List.of()).stream()
                .filter(share -> share.activeCount() < quota + (above > 0 ? 1 : 0))
                .min(LEAST);
    }

    /// Gives a task that is to be worked on to whoever had it before as `as`.
    ///
    /// @return whether there is somebody who has room for it
    private boolean giveBack(StreamsTask task, StreamsTask as) {
        Optional<Share> share = former(as);
        share.ifPresent(known -> {
            give(task, known);
            if (known.activeCount() > quota) {
                above--;
            }
        });
        return share.isPresent();
    }

    private void assignStandbys(StreamsTask task, int standbys) {
        StreamsTask copy = task.as(Role.STANDBY);
        for (int i = 0; i < standbys; i++) {
            Optional<Share> former =
                    formerly.getOrDefault(copy, List.of()).stream()
                            .filter(share -> !share.process.has(copy))
                            .min(LEAST);
            Optional<Share> whose = former.or(() -> leastLoaded(process -> !process.has(copy)));
            // Without one there are no more processes than copies.
            whose.ifPresent(share -> give(copy, share));
        }
    }

    private Optional<Share> leastLoaded(Predicate<Host> eligible) {
        return processes.values().stream()
                .filter(eligible)
                .min(LEAST_LOADED)
                .flatMap(process -> process.members.stream().min(LEAST));
    }

    private static void give(StreamsTask task, Share share) {
        share.tasks.add(task);
        share.process.tasks.add(task);
    }
}
