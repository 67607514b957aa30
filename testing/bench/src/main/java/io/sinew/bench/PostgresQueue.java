package io.sinew.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;

/// PostgreSQL as a queue: a table that is read with `SKIP LOCKED` and deleted from.
record PostgresQueue() implements QueuePeer {
    /// Connections of one publisher.
    private static final int POOL_SIZE = 16;

    private static final Duration POLL_INTERVAL = Duration.ofMillis(2);

    /// The library switches all of it off, as it is made for tests.
    private static final Map<String, String> SETTINGS =
            Map.of("fsync", "on", "full_page_writes", "on", "synchronous_commit", "on");

    @Override
    public String name() {
        return "postgres-skip-locked";
    }

    @Override
    public String durability() {
        return "durable: fsync=on, synchronous_commit=on";
    }

    @Override
    public String command() {
        return "PostgreSQL, defaults and "
                + SETTINGS
                + "; insert in a transaction each, "
                + POOL_SIZE
                + " connections a publisher; select ... for update skip locked limit "
                + QueueLoad.PREFETCH
                + ", a delete for each, commit; an empty queue is looked at every "
                + POLL_INTERVAL.toMillis()
                + " ms";
    }

    @Override
    public QueueSystem start(Path folder) throws Exception {
        Path data = folder.resolve("data");
        var builder =
                EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setErrorRedirector(to(folder.resolve("postgres.err")))
                        .setOutputRedirector(to(folder.resolve("postgres.out")));
        SETTINGS.forEach(builder::setServerConfig);
        EmbeddedPostgres server = builder.start();
        try {
            long pid =
                    Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
            String url = server.getJdbcUrl("postgres", "postgres");
            return new PostgresSystem(server, pid, url, DriverManager.getConnection(url));
        } catch (IOException | SQLException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static ProcessBuilder.Redirect to(Path file) {
        return ProcessBuilder.Redirect.to(file.toFile());
    }

    private static void close(List<Connection> connections) throws IOException {
        try {
            for (Connection connection : connections) {
                connection.close();
            }
        } catch (SQLException e) {
            throw new IOException("a connection could not be closed", e);
        }
    }

    /// @param pid of the first of its processes
    /// @param control a connection for what concerns the whole server
    private record PostgresSystem(EmbeddedPostgres server, long pid, String url, Connection control)
            implements QueueSystem {
        @Override
        public void create(String queue) throws SQLException {
            try (var statement = control.createStatement()) {
                statement.execute(
                        "create table %s (id bigserial primary key, due timestamptz not null, body bytea not null)"
                                .formatted(queue));
                statement.execute("create index on %s (due, id)".formatted(queue));
            }
        }

        @Override
        public Publisher publisher(String queue) throws SQLException {
            var pool = new ArrayBlockingQueue<Connection>(POOL_SIZE);
            for (int n = 0; n < POOL_SIZE; n++) {
                pool.add(DriverManager.getConnection(url));
            }
            return new PostgresPublisher(pool, List.copyOf(pool), queue);
        }

        @Override
        public Receiver receiver(String queue, int prefetch) throws SQLException {
            var connection = DriverManager.getConnection(url);
            connection.setAutoCommit(false);
            return new PostgresReceiver(connection, queue, prefetch);
        }

        @Override
        public Abilities abilities() {
            return new Abilities("the column of the due time is set", true, true, false);
        }

        @Override
        public String describe() {
            try {
                return "PostgreSQL %s, fsync=%s, synchronous_commit=%s; all deletes of a batch are"
                                .formatted(
                                        show("server_version"),
                                        show("fsync"),
                                        show("synchronous_commit"))
                        + " confirmed together";
            } catch (SQLException e) {
                return "PostgreSQL did not say what it is: " + e.getMessage();
            }
        }

        private String show(String setting) throws SQLException {
            try (var statement = control.createStatement();
                    ResultSet rows = statement.executeQuery("show " + setting)) {
                rows.next();
                return rows.getString(1);
            }
        }

        @Override
        public List<Long> pids() {
            return Stream.concat(
                            Stream.of(pid),
                            ProcessHandle.of(pid).stream()
                                    .flatMap(ProcessHandle::descendants)
                                    .map(ProcessHandle::pid))
                    .toList();
        }

        @Override
        public void close() throws IOException {
            PostgresQueue.close(List.of(control));
            server.close();
        }
    }

    private record PostgresPublisher(
            BlockingQueue<Connection> pool, List<Connection> connections, String queue)
            implements QueueSystem.Publisher {
        @Override
        public void publish(QueueMessage message) throws Exception {
            Connection connection = pool.take();
            try (PreparedStatement insert =
                    connection.prepareStatement(
                            "insert into %s (due, body) values (clock_timestamp() + ? * interval '1 ms', ?)"
                                    .formatted(queue))) {
                insert.setLong(1, message.delay().toMillis());
                insert.setBytes(2, message.bytes());
                insert.executeUpdate();
            } finally {
                pool.add(connection);
            }
        }

        @Override
        public void close() throws IOException {
            PostgresQueue.close(connections);
        }
    }

    private record PostgresReceiver(Connection connection, String queue, int prefetch)
            implements QueueSystem.Receiver {
        @Override
        public List<QueueSystem.Delivery> receive(int most, Duration limit) throws SQLException {
            List<QueueSystem.Delivery> taken = select(Math.min(most, prefetch));
            for (long looks = limit.dividedBy(POLL_INTERVAL);
                    taken.isEmpty() && looks > 0;
                    looks--) {
                connection.rollback();
                Pace.rest(POLL_INTERVAL);
                taken = select(Math.min(most, prefetch));
            }
            if (taken.isEmpty()) {
                connection.rollback();
            }
            return taken;
        }

        private List<QueueSystem.Delivery> select(int most) throws SQLException {
            var taken = new ArrayList<QueueSystem.Delivery>();
            try (PreparedStatement select =
                    connection.prepareStatement(
                            "select id, body from %s where due <= clock_timestamp() order by due, id limit ? for update skip locked"
                                    .formatted(queue))) {
                select.setInt(1, most);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        taken.add(new QueueSystem.Delivery(rows.getBytes(2), rows.getLong(1)));
                    }
                }
            }
            return taken;
        }

        @Override
        public void settle(
                List<QueueSystem.Delivery> done, List<QueueSystem.Delivery> again, Duration delay)
                throws SQLException {
            try (PreparedStatement delete =
                            connection.prepareStatement(
                                    "delete from %s where id = ?".formatted(queue));
                    PreparedStatement postpone =
                            connection.prepareStatement(
                                    "update %s set due = clock_timestamp() + ? * interval '1 ms' where id = ?"
                                            .formatted(queue))) {
                for (QueueSystem.Delivery delivery : done) {
                    delete.setLong(1, (Long) delivery.receipt());
                    delete.addBatch();
                }
                for (QueueSystem.Delivery delivery : again) {
                    postpone.setLong(1, delay.toMillis());
                    postpone.setLong(2, (Long) delivery.receipt());
                    postpone.addBatch();
                }
                delete.executeBatch();
                postpone.executeBatch();
            }
            connection.commit();
        }

        @Override
        public void close() throws IOException {
            PostgresQueue.close(List.of(connection));
        }
    }
}
