package io.sinew.base;

import java.io.EOFException;
import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

enum SystemDisk implements Disk {
    INSTANCE;

    @Override
    public DiskFile open(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        return new SystemFile(channel, file);
    }

    @Override
    public DiskFile openForReading(Path file) throws IOException {
        return new SystemFile(FileChannel.open(file, StandardOpenOption.READ), file);
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return Files.size(file);
    }

    @Override
    public long modifiedMs(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }

    @Override
    public void setModifiedMs(Path file, long ms) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(ms));
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> names = Files.list(directory)) {
            return names.sorted().toList();
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            sync(channel, true);
        }
    }

    /// A failed sync is told apart from a full disk even where the disk being full is its reason:
    /// it must not be tried again, because the second may succeed without having written anything.
    private static void sync(FileChannel channel, boolean metadata) throws IOException {
        try {
            channel.force(metadata);
        } catch (IOException e) {
            var failed = new SyncFailedException(String.valueOf(e.getMessage()));
            failed.initCause(e);
            throw failed;
        }
    }

    @Override
    public AutoCloseable lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Held by this very process: the same answer as held by another.
        }
        channel.close();
        throw new SinewException(
                ErrorCode.DATA_DIRECTORY_LOCKED,
                file.getParent()
                        + " is in use by another Sinew process; stop it, or choose another"
                        + " directory with --data");
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    private record SystemFile(FileChannel channel, Path path) implements DiskFile {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int total = 0;
            while (target.hasRemaining()) {
                int count = channel.read(target, position + total);
                if (count < 0) {
                    break;
                }
                total += count;
            }
            return total;
        }

        @Override
        public void write(ByteBuffer[] sources, long position) throws IOException {
            try {
                writeAll(sources, position);
            } catch (IOException e) {
                long left = 0;
                for (ByteBuffer source : sources) {
                    left += source.remaining();
                }
                long usable = Files.getFileStore(path).getUsableSpace();
                throw DiskFullException.whereThatIsTheReason(e, usable, left);
            }
        }

        private void writeAll(ByteBuffer[] sources, long position) throws IOException {
            if (sources.length == 1) {
                writeOne(sources[0], position);
                return;
            }
            channel.position(position);
            int first = 0;
            while (first < sources.length) {
                if (!sources[first].hasRemaining()) {
                    first++;
                } else if (channel.write(sources, first, sources.length - first) <= 0) {
                    throw new EOFException("the file took no more bytes");
                }
            }
        }

        private void writeOne(ByteBuffer source, long position) throws IOException {
            long at = position;
            while (source.hasRemaining()) {
                int count = channel.write(source, at);
                if (count <= 0) {
                    throw new EOFException("the file took no more bytes");
                }
                at += count;
            }
        }

        @Override
        public void sync() throws IOException {
            SystemDisk.sync(channel, false);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target)
                throws IOException {
            return channel.transferTo(position, count, target);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
