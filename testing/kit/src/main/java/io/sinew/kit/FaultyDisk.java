package io.sinew.kit;

import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A disk in memory that fails when it is told to. It knows of everything that programs see what
/// would survive a power failure: bytes that were synced, names in directories that were synced.
///
/// **What it models.** [#powerFailure]: of unsynced bytes each page of 4 KiB or sector of 512 bytes
/// is kept or lost by itself, so that writes are torn and arrive out of order; an unsynced length
/// is the old one, the new one, or between; each unsynced creation, deletion and renaming is kept
/// or lost by itself, a renaming always whole; a file whose directory was never synced goes with
/// it. [#processDeath]: everything written stays visible and what was unsynced stays unsynced. A
/// failed sync, after which the unsynced bytes can still be read but never reach the disk, even if
/// a later sync succeeds. Operations that fail by their number or by what they do. A full disk,
/// which takes the part of a write that fits. Flipped bits.
///
/// **What it does not model.** Of a sector written twice between two syncs, the first version is
/// never what is left. A synced sector is not damaged by a write beside it. Names move within their
/// directory only. Directories take no space. Files hold at most 2 GiB.
///
/// All its chance comes from the generator that is passed in. It serves any number of threads, one
/// at a time, so operations have numbers: 1, 2, 3 … Of the calls of [Disk] only `exists`,
/// `usableBytes` and those for the times of files are not operations. It has no clock: a file was
/// written to just now until [#setModifiedMs] says otherwise.
public final class FaultyDisk implements Disk {
    /// What can be counted and made to fail.
    public enum Operation {
        OPEN,
        READ,
        WRITE,
        SYNC,
        SIZE,
        TRUNCATE,
        LIST,
        CREATE_DIRECTORY,
        MOVE,
        DELETE,
        SYNC_DIRECTORY
    }

    /// An operation that was tried.
    public record Event(Operation operation, Path path) {}

    /// Which operations are meant.
    public interface Selection extends Predicate<Event> {
        /// Those of one kind on files whose path ends like this.
        static Selection of(Operation operation, String pathEnd) {
            return event ->
                    event.operation() == operation && event.path().toString().endsWith(pathEnd);
        }
    }

    private static final int GIVE_UP_LOOKS = 300;

    private final FaultyDiskNode root;
    private final List<Event> events = new ArrayList<>();
    private final Set<Path> locks = new HashSet<>();
    private int openFiles;
    private boolean off;
    private final PowerCut cut = new PowerCut();
    private long failAt = Long.MAX_VALUE;
    private @Nullable Selection failing;
    private @Nullable IOException failure;
    private boolean failsAlways;
    private boolean failed;
    private @Nullable Selection held;
    private int waiting;
    private long capacityBytes = Long.MAX_VALUE;

    /// An empty disk that works.
    public FaultyDisk() {
        this(FaultyDiskNode.directory());
    }

    private FaultyDisk(FaultyDiskNode root) {
        this.root = root;
    }

    // ---- what a test does to it

    /// Cuts the power, now if it is still on, and returns the disk as it is afterwards.
    public synchronized FaultyDisk powerFailure(SplittableRandom random) {
        switchOff();
        return new FaultyDisk(root.afterPowerFailure(random));
    }

    /// Ends the process that uses the disk, and returns the disk for the next one. The machine
    /// stays up: what was unsynced is still there and still unsynced.
    public synchronized FaultyDisk processDeath() {
        switchOff();
        return new FaultyDisk(root);
    }

    private void switchOff() {
        off = true;
        notifyAll();
    }

    /// Operations tried so far.
    public synchronized long operations() {
        return events.size();
    }

    /// What was tried after the first so many operations, in order.
    public synchronized List<Event> eventsAfter(long count) {
        return List.copyOf(events.subList((int) count, events.size()));
    }

    /// What was tried so far, in order.
    public synchronized List<Event> events(Predicate<Event> selection) {
        return events.stream().filter(selection).toList();
    }

    /// From the operation with this number on, every one fails. Of a write so many percent are
    /// done.
    public synchronized void powerOffAt(long operation, int percentWritten) {
        cut.at(operation, percentWritten);
    }

    /// The power goes so many operations after the next of a kind.
    public synchronized void powerOffBehind(Selection selection, int operations) {
        cut.behind(selection, operations);
    }

    /// The operation with this number fails, and no other. Of a write half is done.
    public synchronized void failAt(long operation, IOException with) {
        failAt = operation;
        failure = with;
        failed = false;
    }

    /// The next operation of a kind fails.
    public synchronized void failNext(Selection selection, IOException with) {
        failing = selection;
        failure = with;
        failsAlways = false;
        failed = false;
    }

    /// Every operation of a kind fails until [#heal].
    public synchronized void failEvery(Selection selection, IOException with) {
        failNext(selection, with);
        failsAlways = true;
    }

    /// Whether the failure that was asked for has come.
    public synchronized boolean hasFailed() {
        return failed;
    }

    /// Nothing fails any more.
    public synchronized void heal() {
        failing = null;
        failAt = Long.MAX_VALUE;
        capacityBytes = Long.MAX_VALUE;
    }

    /// Lets all files together grow to so many bytes; beyond that the disk is full.
    public synchronized void limitTo(long bytes) {
        capacityBytes = bytes;
    }

    /// Bytes of all files.
    public synchronized long usedBytes() {
        return used(root);
    }

    /// Makes operations of a kind wait until [#letGo].
    public synchronized void hold(Selection selection) {
        held = selection;
    }

    /// Waits until somebody is waiting in an operation that is held. Fails when nobody comes for so
    /// long that nobody will.
    public synchronized void awaitHeld() throws InterruptedException {
        for (int looks = 0; waiting == 0; looks++) {
            if (looks > GIVE_UP_LOOKS) {
                letGo();
                throw new AssertionError("nobody came to do what is held");
            }
            wait(100);
        }
    }

    public synchronized void letGo() {
        held = null;
        notifyAll();
    }

    public synchronized void flipBit(Path file, long position, int bit) throws IOException {
        fileAt(file).flipBit(Math.toIntExact(position), bit);
    }

    /// The bytes of a file.
    public synchronized byte[] contentOf(Path file) throws IOException {
        FaultyDiskContent content = fileAt(file);
        return Arrays.copyOf(content.bytes(), content.size());
    }

    /// Puts a file there, durable at once.
    public synchronized void put(Path file, byte[] bytes) throws IOException {
        FaultyDiskNode parent = directoryAt(file.getParent());
        FaultyDiskNode node = FaultyDiskNode.file();
        parent.change(null, nameOf(file), node);
        parent.syncNames();
        FaultyDiskContent content = fileAt(file);
        content.write(bytes, 0, bytes.length, 0);
        content.sync();
    }

    /// All files with their bytes, whatever happens to the disk.
    public synchronized SortedMap<Path, byte[]> files() {
        var files = new TreeMap<Path, byte[]>();
        root.collectFiles(Path.of("/"), files);
        return files;
    }

    /// Whether the power is off, or the process has ended.
    public synchronized boolean isOff() {
        return off;
    }

    /// Files that are open at the moment.
    public synchronized int openFiles() {
        return openFiles;
    }

    // ---- faults

    /// Counts an operation, and makes it fail if it must.
    private void perform(Operation operation, Path path) throws IOException {
        IOException fault = begin(operation, path);
        if (fault != null) {
            throw fault;
        }
    }

    /// Counts an operation, and returns how it must fail, if it must. When the power is off
    /// already, it is thrown.
    private @Nullable IOException begin(Operation operation, Path path) throws IOException {
        var event = new Event(operation, path);
        awaitFree(event);
        requirePower();
        events.add(event);
        if (cut.isDue(event, events.size())) {
            switchOff();
            return powerOff();
        }
        IOException with = failure;
        Selection selection = failing;
        boolean chosen = selection != null && selection.test(event);
        if (with != null && (events.size() == failAt || chosen)) {
            failed = true;
            if (chosen && !failsAlways) {
                failing = null;
            }
            return fault(operation, with);
        }
        return null;
    }

    private void awaitFree(Event event) throws IOException {
        waiting++;
        try {
            for (Selection gate = held; !off && gate != null && gate.test(event); gate = held) {
                notifyAll();
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            waiting--;
        }
    }

    private static IOException fault(Operation operation, IOException with) {
        String message = String.valueOf(with.getMessage());
        return operation == Operation.SYNC
                ? new SyncFailedException(message)
                : new IOException(message);
    }

    private void requirePower() throws IOException {
        if (off) {
            throw powerOff();
        }
    }

    private static IOException powerOff() {
        return new IOException("the power is off");
    }

    // ---- names

    private static String nameOf(Path path) {
        return String.valueOf(path.getFileName());
    }

    private @Nullable FaultyDiskNode find(@Nullable Path path) {
        FaultyDiskNode node = root;
        if (path == null) {
            return node;
        }
        for (Path name : path) {
            FaultyDiskNode next = node.names.get(name.toString());
            if (next == null) {
                return null;
            }
            node = next;
        }
        return node;
    }

    private FaultyDiskNode require(@Nullable Path path) throws IOException {
        FaultyDiskNode node = find(path);
        if (node == null) {
            throw new NoSuchFileException(String.valueOf(path));
        }
        return node;
    }

    private FaultyDiskNode directoryAt(@Nullable Path path) throws IOException {
        FaultyDiskNode node = require(path);
        if (node.content != null) {
            throw new IOException(path + " is no directory");
        }
        return node;
    }

    private FaultyDiskContent fileAt(Path path) throws IOException {
        FaultyDiskContent content = require(path).content;
        if (content == null) {
            throw new FileNotFoundException(path + " is a directory");
        }
        return content;
    }

    private static long used(FaultyDiskNode node) {
        if (node.content != null) {
            return node.content.size();
        }
        return node.names.values().stream().mapToLong(FaultyDisk::used).sum();
    }

    @Override
    public synchronized DiskFile open(Path file) throws IOException {
        perform(Operation.OPEN, file);
        FaultyDiskNode parent = directoryAt(file.getParent());
        if (!parent.names.containsKey(nameOf(file))) {
            parent.change(null, nameOf(file), FaultyDiskNode.file());
        }
        return handle(file);
    }

    @Override
    public synchronized DiskFile openForReading(Path file) throws IOException {
        perform(Operation.OPEN, file);
        return handle(file);
    }

    private DiskFile handle(Path file) throws IOException {
        var opened = new OpenFile(file, fileAt(file));
        openFiles++;
        return opened;
    }

    @Override
    public synchronized boolean exists(Path path) {
        return find(path) != null;
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        perform(Operation.SIZE, file);
        return fileAt(file).size();
    }

    @Override
    public synchronized long modifiedMs(Path file) throws IOException {
        return fileAt(file).modifiedMs();
    }

    @Override
    public synchronized void setModifiedMs(Path file, long ms) throws IOException {
        fileAt(file).setModifiedMs(ms);
    }

    @Override
    public synchronized List<Path> list(Path directory) throws IOException {
        perform(Operation.LIST, directory);
        FaultyDiskNode node = find(directory);
        return node == null
                ? List.of()
                : node.names.keySet().stream().map(directory::resolve).toList();
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        perform(Operation.CREATE_DIRECTORY, directory);
        FaultyDiskNode node = root;
        for (Path name : directory) {
            FaultyDiskNode next = node.names.get(name.toString());
            if (next == null) {
                next = FaultyDiskNode.directory();
                node.change(null, name.toString(), next);
            }
            node = next;
        }
    }

    @Override
    public synchronized void move(Path from, Path to) throws IOException {
        perform(Operation.MOVE, from);
        if (!Objects.equals(from.getParent(), to.getParent())) {
            throw new UnsupportedOperationException("names move within their directory only");
        }
        FaultyDiskNode node = require(from);
        directoryAt(from.getParent()).change(nameOf(from), nameOf(to), node);
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        perform(Operation.DELETE, path);
        FaultyDiskNode node = find(path);
        if (node == null) {
            return;
        }
        if (!node.names.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        directoryAt(path.getParent()).change(nameOf(path), null, node);
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        perform(Operation.SYNC_DIRECTORY, directory);
        directoryAt(directory).syncNames();
    }

    @Override
    public synchronized AutoCloseable lock(Path file) throws IOException {
        open(file).close();
        if (!locks.add(file)) {
            throw new SinewException(
                    ErrorCode.DATA_DIRECTORY_LOCKED, file + " is locked by another user");
        }
        return () -> unlock(file);
    }

    private synchronized void unlock(Path file) {
        locks.remove(file);
    }

    @Override
    public synchronized long usableBytes(Path path) {
        return capacityBytes == Long.MAX_VALUE ? Long.MAX_VALUE : capacityBytes - used(root);
    }

    private final class OpenFile implements DiskFile {
        private final Path path;
        private final FaultyDiskContent content;
        private boolean closed;

        OpenFile(Path path, FaultyDiskContent content) {
            this.path = path;
            this.content = content;
        }

        private void requireOpen() throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
        }

        private void begin(Operation operation) throws IOException {
            requireOpen();
            perform(operation, path);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (FaultyDisk.this) {
                begin(Operation.READ);
                int count = (int) Math.min(target.remaining(), content.size() - position);
                if (count <= 0) {
                    return 0;
                }
                target.put(content.bytes(), Math.toIntExact(position), count);
                return count;
            }
        }

        @Override
        public void write(ByteBuffer[] sources, long position) throws IOException {
            synchronized (FaultyDisk.this) {
                int total = Arrays.stream(sources).mapToInt(ByteBuffer::remaining).sum();
                var bytes = new byte[total];
                var into = ByteBuffer.wrap(bytes);
                Arrays.stream(sources).forEach(into::put);
                int at = Math.toIntExact(position);
                requireOpen();
                IOException fault = FaultyDisk.this.begin(Operation.WRITE, path);
                if (fault != null) {
                    content.write(bytes, 0, (int) (total * (long) cut.percentWritten() / 100), at);
                    throw fault;
                }
                writeWithin(bytes, at);
            }
        }

        private void writeWithin(byte[] bytes, int at) throws IOException {
            long growth = Math.max(0L, at + (long) bytes.length - content.size());
            long room = capacityBytes == Long.MAX_VALUE ? growth : capacityBytes - used(root);
            int fits = (int) Math.max(0, bytes.length - Math.max(0, growth - room));
            content.write(bytes, 0, fits, at);
            if (fits < bytes.length) {
                failed = true;
                throw new IOException("No space left on device");
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (FaultyDisk.this) {
                try {
                    begin(Operation.SYNC);
                } catch (SyncFailedException e) {
                    content.dropUnsynced();
                    throw e;
                }
                content.sync();
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (FaultyDisk.this) {
                begin(Operation.SIZE);
                return content.size();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (FaultyDisk.this) {
                begin(Operation.TRUNCATE);
                content.truncate(Math.toIntExact(size));
            }
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target)
                throws IOException {
            ByteBuffer bytes;
            synchronized (FaultyDisk.this) {
                begin(Operation.READ);
                int available = (int) Math.min(count, content.size() - position);
                bytes = ByteBuffer.allocate(Math.max(0, available));
                bytes.put(content.bytes(), Math.toIntExact(position), bytes.capacity()).flip();
            }
            return target.write(bytes);
        }

        @Override
        public void close() {
            synchronized (FaultyDisk.this) {
                if (!closed) {
                    closed = true;
                    openFiles--;
                }
            }
        }
    }
}
