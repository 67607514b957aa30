package io.sinew.kafka;

import io.sinew.base.Clock;
import io.sinew.base.SinewException;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.Records;
import io.sinew.kafkawire.RequestHeader;
import io.sinew.kafkawire.ResponseHeader;
import io.sinew.kafkawire.WireReader;
import io.sinew.kafkawire.WireWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client's connection. Its reader, a virtual thread, reads a request, has it handled, and goes
/// on with the next while the first may still wait for the disk; its writer, another, sends the
/// answers in order. Neither is ever interrupted (that would close a segment file under everybody
/// else): closing the socket ends both.
final class Connection {
    private static final System.Logger LOGGER = System.getLogger(Connection.class.getName());

    /// Answers that are ready are sent together up to this size.
    private static final int GATHER_BYTES = 64 << 10;

    private static final int FIRST_ANSWER_BYTES = 512;
    private static final int MIN_REQUEST_BYTES = 8;

    private final SocketChannel channel;
    private final Apis apis;
    private final RequestBuffers buffers;
    private final DoorLimits limits;
    private final DoorCounts counts;
    private final Charging charging;
    private final Clock clock;
    private final String host;
    private final InetSocketAddress reached;
    private final BlockingQueue<Answer> answers;

    private volatile long lastActivityNanos;
    private volatile boolean midRequest;
    private volatile boolean closing;
    private final CountDownLatch closed = new CountDownLatch(1);

    /// Until when no request is taken, because the client has used more than its quota. Set by the
    /// writer, heeded by the reader.
    private volatile long pausedUntilNanos;

    /// What the writer waits for.
    private volatile @Nullable Reply awaited;

    /// An answer on its way to the writer; null fields mark the end of the connection.
    private record Answer(
            @Nullable ApiKey api, int version, int correlationId, Reply reply, Cost cost) {
        static final Answer END = new Answer(null, 0, 0, Optional::empty, Cost.NONE);
    }

    Connection(SocketChannel channel, DoorContext context) throws IOException {
        this.channel = channel;
        this.apis = context.apis();
        this.buffers = context.buffers();
        this.limits = context.limits();
        this.counts = context.counts();
        this.charging = context.charging();
        this.clock = context.clock();
        this.host = ((InetSocketAddress) channel.getRemoteAddress()).getAddress().getHostAddress();
        this.reached = (InetSocketAddress) channel.getLocalAddress();
        this.answers = new ArrayBlockingQueue<>(limits.maxInFlight());
        this.lastActivityNanos = clock.nanos();
        this.pausedUntilNanos = lastActivityNanos;
    }

    String host() {
        return host;
    }

    /// Serves the client until the connection ends; the reader's whole life. Returns when the
    /// writer has ended too.
    void serve() {
        try {
            Thread writer =
                    Thread.ofVirtual().name("sinew-kafka-write").start(this::writeUntilClosed);
            readUntilClosed();
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    // ---- reader

    private void readUntilClosed() {
        try {
            var prefix = ByteBuffer.allocate(Integer.BYTES);
            while (readFully(prefix.clear())) {
                awaitEndOfPause();
                handleRequest(prefix.getInt(0));
                lastActivityNanos = clock.nanos();
            }
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "connection=lost client={0}", host);
        } catch (CloseConnection | SinewException e) {
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "connection=closed client={0} reason=\"{1}\"",
                    host,
                    e.getMessage());
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.ERROR, "connection=failed client=" + host, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            endWriter();
        }
    }

    /// Leaves the rest of a request where it is until the client's pause is over, or the connection
    /// ends.
    private void awaitEndOfPause() throws InterruptedException {
        long leftNanos = pausedUntilNanos - clock.nanos();
        while (leftNanos > 0 && !closed.await(leftNanos, TimeUnit.NANOSECONDS)) {
            leftNanos = pausedUntilNanos - clock.nanos();
        }
    }

    /// False when the connection ended before the first byte.
    private boolean readFully(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                if (target.position() > 0) {
                    throw new IOException("the connection ended within a request");
                }
                return false;
            }
            lastActivityNanos = clock.nanos();
        }
        return true;
    }

    private void handleRequest(int sizeBytes) throws IOException, InterruptedException {
        if (sizeBytes < MIN_REQUEST_BYTES || sizeBytes > limits.maxRequestBytes()) {
            throw new CloseConnection(
                    "a request of "
                            + sizeBytes
                            + " bytes; from "
                            + MIN_REQUEST_BYTES
                            + " to "
                            + limits.maxRequestBytes()
                            + " are taken (setting socket.request.max.bytes)");
        }
        ByteBuffer frame = buffers.begin(sizeBytes);
        lastActivityNanos = clock.nanos();
        midRequest = true;
        Answer answer;
        try {
            readRest(frame);
            while (frame.limit() < sizeBytes) {
                frame = buffers.grow(frame, sizeBytes);
                readRest(frame);
            }
            midRequest = false;
            answer = handle(frame.flip());
        } finally {
            buffers.giveBack(frame);
        }
        // May wait for as long as the client reads nothing: without anything that others need.
        answers.put(answer);
    }

    private void readRest(ByteBuffer frame) throws IOException {
        if (!readFully(frame)) {
            throw new IOException("the connection ended within a request");
        }
    }

    private Answer handle(ByteBuffer frame) throws InterruptedException {
        int key = frame.getShort(0);
        int version = frame.getShort(2);
        ApiKey api = ApiKey.of(key).orElseThrow(() -> new CloseConnection("unknown api " + key));
        int sizeBytes = frame.limit();
        counts.request(api, sizeBytes);
        var in = new WireReader(frame);
        if (!api.serves(version)) {
            return unservedVersion(api, version, frame.getInt(4));
        }
        RequestHeader header = RequestHeader.read(in, api.requestHeaderVersion(version));
        String clientId = header.clientId == null ? "" : header.clientId;
        long startNanos = clock.nanos();
        Reply reply = apis.serve(api, in, new Caller(version, clientId, host, reached));
        var cost = new Cost(clientId, sizeBytes, clock.nanos() - startNanos);
        return new Answer(api, version, header.correlationId, reply, cost);
    }

    /// A client that is newer than this broker asks for the versions in a way that we can't read;
    /// it understands an answer in version 0 (KIP-511). Anything else unserved can't be answered.
    private static Answer unservedVersion(ApiKey api, int version, int correlationId) {
        if (api != ApiKey.API_VERSIONS) {
            throw new CloseConnection(
                    "version " + version + " of api " + api.protocolName() + " is not served");
        }
        Reply reply = Reply.now(ApiVersionsHandler.unsupportedVersion());
        return new Answer(api, 0, correlationId, reply, Cost.NONE);
    }

    private void endWriter() {
        closing = true;
        try {
            giveUpIfClosing();
        } finally {
            try {
                answers.put(Answer.END);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // ---- writer

    /// Sends answers until the reader ends; the writer's whole life.
    private void writeUntilClosed() {
        var out = new WireWriter(FIRST_ANSWER_BYTES, Integer.MAX_VALUE);
        var sent = new ArrayList<Reply>();
        boolean allTaken = false;
        try {
            Answer answer = answers.take();
            while (answer.api() != null) {
                Answer next = gather(answer, out, sent);
                send(out);
                sent.forEach(Reply::close);
                sent.clear();
                lastActivityNanos = clock.nanos();
                answer = next != null ? next : answers.take();
            }
            allTaken = true;
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "connection=lost client={0}", host);
        } catch (CloseConnection | SinewException e) {
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "connection=closed client={0} reason=\"{1}\"",
                    host,
                    e.getMessage());
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.ERROR, "connection=failed client=" + host, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            sent.forEach(this::release);
            if (!allTaken) {
                discardAnswers();
            }
        }
    }

    /// Encodes an answer, and those behind it that are ready too.
    ///
    /// @return an answer that was taken from the queue and not encoded, if any
    private @Nullable Answer gather(Answer first, WireWriter out, List<Reply> sent)
            throws InterruptedException {
        out.reset();
        Answer answer = first;
        while (true) {
            encode(answer, out, sent);
            Answer next = answers.peek();
            if (next == null
                    || next.api() == null
                    || !next.reply().isReady()
                    || out.size() >= GATHER_BYTES) {
                return null;
            }
            answer = answers.take();
        }
    }

    private void encode(Answer answer, WireWriter out, List<Reply> sent)
            throws InterruptedException {
        ApiKey api = answer.api();
        sent.add(answer.reply());
        awaited = answer.reply();
        giveUpIfClosing();
        Optional<Message> message = answer.reply().await();
        awaited = null;
        if (api == null) {
            return;
        }
        charge(api, answer, message);
        if (message.isEmpty()) {
            return;
        }
        var header = new ResponseHeader();
        header.correlationId = answer.correlationId();
        out.beginFrame();
        header.write(out, api.responseHeaderVersion(answer.version()));
        try {
            message.get().write(out, answer.version());
        } catch (SinewException e) {
            // Ours to mend, other than the refusals that end a connection.
            throw new IllegalStateException(
                    "the answer to api "
                            + api.protocolName()
                            + " version "
                            + answer.version()
                            + " can't be encoded",
                    e);
        }
        out.endFrame();
    }

    /// Charges the client for its request. If it has to pause, it is told so with the answer, which
    /// leaves at once.
    private void charge(ApiKey api, Answer answer, Optional<Message> message) {
        int pauseMs =
                answer.reply()
                        .pauseMs()
                        .orElseGet(() -> charging.of(api, answer.cost(), message.isPresent()));
        if (pauseMs > 0) {
            counts.paused();
            message.ifPresent(told -> told.tellThrottle(pauseMs));
            long now = clock.nanos();
            long pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMs);
            pausedUntilNanos = now + Math.max(pausedUntilNanos - now, pauseNanos);
        }
    }

    /// Called by the reader after it has set `closing`, and by the writer after it has set
    /// `awaited`: one of the two sees both.
    private void giveUpIfClosing() {
        Reply reply = awaited;
        if (closing && reply != null) {
            reply.giveUp();
        }
    }

    private void send(WireWriter out) throws IOException {
        out.forEachPart(
                new WireWriter.PartConsumer() {
                    @Override
                    public void bytes(byte[] array, int offset, int length) throws IOException {
                        counts.sent(length);
                        ByteBuffer part = ByteBuffer.wrap(array, offset, length);
                        while (part.hasRemaining()) {
                            channel.write(part);
                        }
                    }

                    @Override
                    public void records(Records records) throws IOException {
                        counts.sent(records.sizeBytes());
                        ((SliceRecords) records).slice().writeTo(channel);
                    }
                });
    }

    /// Lets the reader go if it waits for room, and releases what nobody will send.
    private void discardAnswers() {
        while (true) {
            try {
                Answer answer = answers.take();
                release(answer.reply());
                if (answer.api() == null) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void release(Reply reply) {
        try {
            reply.close();
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.ERROR, "release=failed client=" + host, e);
        }
    }

    // ---- end

    /// Closes the connection when its client has been silent for too long, and not because it waits
    /// for us: a join may take longer than that.
    void closeIfIdle(long nowNanos) {
        long idleMs = TimeUnit.NANOSECONDS.toMillis(nowNanos - lastActivityNanos);
        boolean tooLong =
                midRequest
                        ? idleMs > limits.requestReadMs()
                        : idleMs > limits.maxIdleMs() && awaited == null;
        if (tooLong) {
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "connection=closed client={0} reason=\"silent for {1} ms\"",
                    host,
                    idleMs);
            close();
        }
    }

    boolean isClosing() {
        return closing;
    }

    void close() {
        closed.countDown();
        try {
            channel.close();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "close=failed client=" + host, e);
        }
    }
}
