package io.sinew.server;

import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import io.sinew.base.DiskFullException;
import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;

/// The machine's own disk, which is full or fails to sync when it is told to.
final class FailingDisk implements Disk {
    private final Disk disk = Disk.system();
    private volatile boolean full;
    private volatile boolean failing;

    void fill(boolean value) {
        full = value;
    }

    void failSyncs() {
        failing = true;
    }

    private void requireSpace() throws IOException {
        if (full) {
            throw new DiskFullException("No space left on device");
        }
    }

    private void requireSync() throws IOException {
        if (failing) {
            throw new SyncFailedException("Input/output error");
        }
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new File(disk.open(file));
    }

    @Override
    public DiskFile openForReading(Path file) throws IOException {
        return disk.openForReading(file);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return disk.size(file);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        disk.move(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        requireSync();
        disk.syncDirectory(directory);
    }

    @Override
    public AutoCloseable lock(Path file) throws IOException {
        return disk.lock(file);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return full ? 0 : disk.usableBytes(path);
    }

    private final class File implements DiskFile {
        private final DiskFile file;

        File(DiskFile file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer[] sources, long position) throws IOException {
            requireSpace();
            file.write(sources, position);
        }

        @Override
        public void sync() throws IOException {
            requireSync();
            file.sync();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target)
                throws IOException {
            return file.transferTo(position, count, target);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
