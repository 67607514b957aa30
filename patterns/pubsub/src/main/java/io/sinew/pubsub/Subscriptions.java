package io.sinew.pubsub;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.Joins;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.ledger.BodyRoom;
import io.sinew.ledger.Lane;
import io.sinew.ledger.LedgerConfig;
import io.sinew.ledger.Ledgers;
import io.sinew.ledger.RecordFilter;
import io.sinew.topics.Engine;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicInfo;
import io.sinew.topics.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The subscriptions of an engine's topics. All of a topic's are kept in one topic of their own,
/// and are open in each process that shares the work, whether anybody asks for them there or not.
/// Has a virtual thread that looks once a second for what other processes have created or deleted.
public final class Subscriptions implements AutoCloseable {
    /// Subscriptions that a topic may have.
    public static final int PER_TOPIC_MAX = 10_000;

    /// Characters of a subscription's name.
    public static final int NAME_CHARS_MAX = 100;

    /// Records that one preview looks at.
    public static final int PREVIEW_MAX = 1_000;

    /// A ledger's record, which may have a lease for each of a million messages in it.
    private static final String LEDGER_RECORD_BYTES = Integer.toString(8 << 20);

    /// Nobody but the ledgers deletes anything, whatever the cluster's defaults are.
    private static final Map<String, String> KEEPING =
            Map.of(
                    "cleanup.policy", "delete",
                    "retention.ms", "-1",
                    "retention.bytes", "-1",
                    "message.timestamp.type", "LogAppendTime",
                    "max.message.bytes", LEDGER_RECORD_BYTES);

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// Looks from one for new partitions of topics to the next.
    private static final int LOOKS_FOR_GROWTH = 5;

    private static final System.Logger LOGGER = System.getLogger(Subscriptions.class.getName());

    private final Engine engine;
    private final Clock clock;
    private final String address;
    private final SubscriptionRegistry registry;
    private final Pushes pushes;
    private final BodyRoom room = BodyRoom.ofHeap();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Under the lock.
    private final Map<String, OpenTopic> open = new HashMap<>();
    private Map<String, SubscriptionInfo> seen = Map.of();

    /// Topics whose subscriptions could not be opened, and that somebody was told of.
    private final HashSet<String> unopened = new HashSet<>();

    private long lastId;
    private boolean closing;

    private final Thread looking;

    /// A topic's subscriptions as they are open here, by name.
    private record OpenTopic(Ledgers ledgers, Map<String, Subscription> subscriptions) {}

    private Subscriptions(Engine engine, Clock clock, String address, Pushes pushes) {
        this.pushes = pushes;
        this.engine = engine;
        this.clock = clock;
        this.address = address;
        this.registry = new SubscriptionRegistry(engine);
        this.looking = Thread.ofVirtual().name("sinew-subscriptions").unstarted(this::look);
    }

    /// Opens all subscriptions that there are; their partitions come one after the other.
    ///
    /// @param address where other processes reach this one, as in [Engine#share]
    /// @param endpoints where messages may be pushed to
    /// @param metrics of the pushes
    public static Subscriptions open(
            Engine engine, Clock clock, String address, EndpointRules endpoints, Metrics metrics)
            throws InterruptedException {
        var pushes = new Pushes(endpoints, metrics, clock);
        var subscriptions = new Subscriptions(engine, clock, address, pushes);
        subscriptions.catchUp();
        subscriptions.looking.start();
        return subscriptions;
    }

    /// Where other processes reach this one.
    public String address() {
        return address;
    }

    // ---- creation and deletion

    /// Creates a subscription.
    ///
    /// @param start where it begins
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`, `SUBSCRIPTION_ALREADY_EXISTS`,
    ///   `TOO_MANY_SUBSCRIPTIONS`, `INVALID_REQUEST`
    public SubscriptionInfo create(
            String topic,
            String name,
            Filter filter,
            StartPosition start,
            SubscriptionSettings settings)
            throws InterruptedException {
        return create(topic, name, filter, start, settings, Optional.empty());
    }

    /// Creates a subscription whose messages are pushed to an endpoint. How often one may fail is
    /// the push's to say, by its schedule.
    ///
    /// @throws SinewException as [#create(String, String, Filter, StartPosition,
    ///   SubscriptionSettings)]; `INVALID_CONFIG` for an endpoint that is not allowed
    public SubscriptionInfo create(
            String topic,
            String name,
            Filter filter,
            StartPosition start,
            SubscriptionSettings settings,
            Optional<PushSettings> push)
            throws InterruptedException {
        requireName(name);
        push.ifPresent(pushes::require);
        lock.lock();
        try {
            TopicInfo of = topic(topic);
            List<String> others = registry.ids(topic);
            if (registry.find(topic, name).isPresent()) {
                throw new SinewException(
                        ErrorCode.SUBSCRIPTION_ALREADY_EXISTS,
                        "There is a subscription '" + name + "' to '" + topic + "' already");
            }
            if (others.size() >= PER_TOPIC_MAX) {
                throw new SinewException(
                        ErrorCode.TOO_MANY_SUBSCRIPTIONS,
                        "'" + topic + "' has " + PER_TOPIC_MAX + " subscriptions; delete some");
            }
            var starts = new ArrayList<Long>();
            for (int i = 0; i < of.partitionCount(); i++) {
                starts.add(start.in(engine, new TopicPartition(topic, i)));
            }
            lastId = Math.max(lastId + 1, clock.nowMs());
            String id = name + "." + Long.toString(lastId, Character.MAX_RADIX);
            var info =
                    new SubscriptionInfo(
                            topic, name, id, filter, starts, ofPush(settings, push), push);
            registry.put(info, clock.nowMs());
            catchUp();
            return info;
        } finally {
            lock.unlock();
        }
    }

    private static SubscriptionSettings ofPush(
            SubscriptionSettings settings, Optional<PushSettings> push) {
        return push.map(PushSettings::schedule)
                .map(schedule -> Integer.toString(schedule.attempts()))
                .map(attempts -> settings.with(Map.of("failures.max", attempts)))
                .orElse(settings);
    }

    /// Gives a subscription another push, as with another secret, or none.
    ///
    /// @return the subscription as it is then
    /// @throws SinewException `SUBSCRIPTION_NOT_FOUND`, `INVALID_CONFIG`
    public SubscriptionInfo changePush(String topic, String name, Optional<PushSettings> push)
            throws InterruptedException {
        push.ifPresent(pushes::require);
        lock.lock();
        try {
            SubscriptionInfo old =
                    registry.find(topic, name).orElseThrow(() -> missing(topic, name));
            var info =
                    new SubscriptionInfo(
                            topic,
                            name,
                            old.id(),
                            old.filter(),
                            old.starts(),
                            old.settings(),
                            push);
            registry.put(info, clock.nowMs());
            catchUp();
            return info;
        } finally {
            lock.unlock();
        }
    }

    /// How a subscription's push is doing in this process, if it has one.
    public Optional<PushStatus> pushStatus(SubscriptionInfo info) {
        return pushes.status(info.id());
    }

    private static void requireName(String name) {
        if (!name.matches("[A-Za-z0-9._-]{1," + NAME_CHARS_MAX + "}")) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "A subscription's name has 1 to "
                            + NAME_CHARS_MAX
                            + " letters, digits, '.', '_' or '-'");
        }
    }

    private TopicInfo topic(String topic) throws InterruptedException {
        return engine.topic(topic)
                .orElseThrow(() ->
                        new SinewException(
                                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                                "There is no topic '" + topic + "'; create it first"));
    }

    /// Deletes a subscription with all it knows; the topic stays as it is.
    ///
    /// @throws SinewException `SUBSCRIPTION_NOT_FOUND`
    public void delete(String topic, String name) throws InterruptedException {
        lock.lock();
        try {
            SubscriptionInfo info =
                    registry.find(topic, name).orElseThrow(() -> missing(topic, name));
            registry.remove(info, clock.nowMs());
            catchUp();
        } finally {
            lock.unlock();
        }
    }

    private static SinewException missing(String topic, String name) {
        return new SinewException(
                ErrorCode.SUBSCRIPTION_NOT_FOUND,
                "There is no subscription '"
                        + name
                        + "' to '"
                        + topic
                        + "'. `sinew sub create` makes one");
    }

    // ---- look-up

    /// A topic's subscriptions, by their names.
    public List<SubscriptionInfo> list(String topic) throws InterruptedException {
        return registry.all().values().stream().filter(info -> info.topic().equals(topic)).toList();
    }

    /// All subscriptions, by their topics and names.
    public List<SubscriptionInfo> list() throws InterruptedException {
        return List.copyOf(registry.all().values());
    }

    /// The topic whose subscriptions are kept in that topic, if it is one's.
    public Optional<String> findByLedgers(String topic) throws InterruptedException {
        if (!topic.endsWith(SubscriptionInfo.LEDGERS)) {
            return Optional.empty();
        }
        String of = topic.substring(0, topic.length() - SubscriptionInfo.LEDGERS.length());
        return registry.ids(of).isEmpty() ? Optional.empty() : Optional.of(of);
    }

    /// A subscription as it was created, and its push as it is now.
    ///
    /// @throws SinewException `SUBSCRIPTION_NOT_FOUND`
    public SubscriptionInfo info(String topic, String name) throws InterruptedException {
        return registry.find(topic, name).orElseThrow(() -> missing(topic, name));
    }

    /// A subscription to work with; the same one at each call, until it is deleted, here or by
    /// another process, or this is closed.
    ///
    /// @throws SinewException `SUBSCRIPTION_NOT_FOUND`
    public Subscription subscription(String topic, String name) throws InterruptedException {
        lock.lock();
        try {
            Optional<Subscription> known = opened(topic, name);
            if (known.isEmpty()) {
                catchUp();
                known = opened(topic, name);
            }
            return known.orElseThrow(() -> missing(topic, name));
        } finally {
            lock.unlock();
        }
    }

    private Optional<Subscription> opened(String topic, String name) {
        return Optional.ofNullable(open.get(topic)).map(topics -> topics.subscriptions().get(name));
    }

    // ---- what is open here

    private void look() {
        try {
            for (int i = 1; pause(); i++) {
                try {
                    catchUp();
                    if (i % LOOKS_FOR_GROWTH == 0) {
                        growWithTopics();
                    }
                } catch (RuntimeException e) {
                    // Also a defect: the next look may be better, and without one nothing new is
                    // ever seen.
                    LOGGER.log(System.Logger.Level.WARNING, "subscriptions=unknown for now", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return false for the end
    private boolean pause() throws InterruptedException {
        lock.lock();
        try {
            long left = LOOK_NANOS;
            while (!closing && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    /// A topic may get more partitions at any time: then its subscriptions' ledgers need as many.
    private void growWithTopics() throws InterruptedException {
        List<String> topics;
        lock.lock();
        try {
            topics = List.copyOf(open.keySet());
        } finally {
            lock.unlock();
        }
        for (String topic : topics) {
            if (engine.topic(topic).isPresent()) {
                requireLedgerTopic(topic);
            }
        }
    }

    /// Opens what was created, and closes what was deleted.
    private void catchUp() throws InterruptedException {
        lock.lock();
        try {
            if (closing) {
                return;
            }
            Map<String, SubscriptionInfo> all = registry.all();
            if (!all.equals(seen)) {
                catchUpTo(all);
            }
            all.values().forEach(this::keepPushing);
        } finally {
            lock.unlock();
        }
    }

    private void keepPushing(SubscriptionInfo info) {
        opened(info.topic(), info.name())
                .ifPresent(subscription -> pushes.keep(subscription, info.push()));
    }

    private void catchUpTo(Map<String, SubscriptionInfo> all) throws InterruptedException {
        var byTopic = new TreeMap<String, List<SubscriptionInfo>>();
        for (SubscriptionInfo info : all.values()) {
            byTopic.computeIfAbsent(info.topic(), _ -> new ArrayList<>()).add(info);
        }
        for (String topic : List.copyOf(open.keySet())) {
            closeOthers(topic, byTopic.getOrDefault(topic, List.of()));
        }
        boolean allOpen = true;
        for (Map.Entry<String, List<SubscriptionInfo>> of : byTopic.entrySet()) {
            allOpen &= isOpened(of.getKey(), of.getValue());
        }
        seen = allOpen ? all : Map.of();
    }

    private void closeOthers(String topic, List<SubscriptionInfo> wanted) {
        OpenTopic known = open.get(topic);
        if (known == null) {
            return;
        }
        var ids = new HashSet<String>();
        wanted.forEach(info -> ids.add(info.id()));
        known.subscriptions()
                .values()
                .removeIf(subscription -> {
                    boolean goes = !ids.contains(subscription.info().id());
                    if (goes) {
                        pushes.stop(subscription.info().id());
                        subscription.ledger().close();
                    }
                    return goes;
                });
        if (wanted.isEmpty()) {
            open.remove(topic);
            known.ledgers().close();
        }
    }

    /// A topic whose subscriptions can't be opened, as one that was deleted, is nobody else's
    /// fault.
    private boolean isOpened(String topic, List<SubscriptionInfo> wanted)
            throws InterruptedException {
        try {
            openAll(topic, wanted);
            unopened.remove(topic);
            return true;
        } catch (SinewException e) {
            if (unopened.add(topic)) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "subscriptions=unopened topic=" + topic + "; tried again",
                        e);
            }
            return false;
        }
    }

    private void openAll(String topic, List<SubscriptionInfo> wanted) throws InterruptedException {
        OpenTopic known = open.get(topic);
        boolean isNew = known == null;
        if (known == null) {
            requireLedgerTopic(topic);
            var ledgers =
                    new Ledgers(
                            engine,
                            clock,
                            topic,
                            topic + SubscriptionInfo.LEDGERS,
                            () -> registry.ids(topic),
                            room);
            known = new OpenTopic(ledgers, new HashMap<>());
        }
        for (SubscriptionInfo info : wanted) {
            if (!known.subscriptions().containsKey(info.name())) {
                var subscription =
                        new Subscription(
                                engine, clock, info, known.ledgers().ledger(configOf(info)));
                known.subscriptions().put(info.name(), subscription);
            }
        }
        if (isNew) {
            known.ledgers().share(address);
            open.put(topic, known);
        }
    }

    private static LedgerConfig configOf(SubscriptionInfo info) {
        Filter filter = info.filter();
        RecordFilter lets =
                filter.equals(Filter.all())
                        ? RecordFilter.ALL
                        : record ->
                                filter.matches(
                                        record.view(FilterSubject.class, FilterSubject::new));
        return LedgerConfig.among(
                info.topic(),
                info.ledgerTopic(),
                info.settings().ofLedger(),
                new Lane(info.id(), lets, info.starts()));
    }

    /// Makes the topic that the ledgers are kept in, as large as theirs.
    private void requireLedgerTopic(String topic) throws InterruptedException {
        String ledgerTopic = topic + SubscriptionInfo.LEDGERS;
        int wanted = topic(topic).partitionCount();
        Optional<TopicInfo> there = engine.topic(ledgerTopic);
        try {
            if (there.isEmpty()) {
                engine.createTopic(ledgerTopic, wanted, KEEPING);
            } else if (there.get().partitionCount() < wanted) {
                engine.addPartitions(ledgerTopic, wanted);
            }
        } catch (SinewException e) {
            // Another process has just done it.
            if (e.code() != ErrorCode.TOPIC_ALREADY_EXISTS
                    && e.code() != ErrorCode.INVALID_PARTITIONS) {
                throw e;
            }
        }
    }

    // ---- without a subscription

    /// Listens to a topic from now on, without keeping anything: what is missed is missed.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`
    public LiveSubscription listen(String topic, Filter filter, Consumer<StoredRecord> handler)
            throws InterruptedException {
        return LiveSubscription.start(
                engine, topic, topic(topic).partitionCount(), filter, handler);
    }

    /// The last records of a topic, and which of them a filter lets through; partition by
    /// partition, in their order.
    ///
    /// @param most of each partition, or fewer: where offsets are missing, and beyond 8 MiB
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`, `INVALID_REQUEST`
    public List<PreviewedRecord> preview(String topic, Filter filter, int most)
            throws InterruptedException {
        if (most < 1 || most > PREVIEW_MAX) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "Preview 1 to " + PREVIEW_MAX + " records");
        }
        int count = topic(topic).partitionCount();
        return new FilterPreview(engine, filter, most).of(topic, count);
    }

    /// Ends the work of all subscriptions here; the engine stays open.
    @Override
    public void close() {
        List<OpenTopic> all;
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
            all = List.copyOf(open.values());
            open.clear();
        } finally {
            lock.unlock();
        }
        if (looking.isAlive()) {
            Joins.all(List.of(looking));
        }
        pushes.close();
        closeAll(all);
    }

    /// All of them, also when one can't be closed in time.
    private static void closeAll(List<OpenTopic> all) {
        SinewException late = null;
        for (OpenTopic topic : all) {
            try {
                topic.ledgers().close();
            } catch (SinewException e) {
                late = e;
            }
        }
        if (late != null) {
            throw late;
        }
    }
}
