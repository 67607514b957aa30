package io.sinew.base;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// All that Sinew asks of a file system, so that one implementation can lose, tear and corrupt what
/// was not synced. Paths are absolute. No thread that uses a `Disk` may be interrupted: an
/// interrupt closes the file under everybody else who uses it.
public interface Disk {
    /// The machine's own file system.
    static Disk system() {
        return SystemDisk.INSTANCE;
    }

    /// Opens a file for reading and writing and creates it, empty, if it is not there. The new name
    /// is durable only after [#syncDirectory].
    DiskFile open(Path file) throws IOException;

    /// Opens an existing file for reading only; throws `NoSuchFileException` otherwise.
    DiskFile openForReading(Path file) throws IOException;

    boolean exists(Path path) throws IOException;

    /// Length of a file in bytes.
    long size(Path file) throws IOException;

    /// When a file was last written to, in ms since 1970 by the machine's clock.
    long modifiedMs(Path file) throws IOException;

    /// Says of a file that it was last written to at that time.
    void setModifiedMs(Path file, long ms) throws IOException;

    /// The names in a directory, sorted; none when the directory does not exist.
    List<Path> list(Path directory) throws IOException;

    void createDirectories(Path directory) throws IOException;

    /// Renames atomically, replacing what was there. Durable after [#syncDirectory].
    void move(Path from, Path to) throws IOException;

    /// Deletes a file or an empty directory, if it exists.
    void delete(Path path) throws IOException;

    /// Makes the names in a directory durable: files created, renamed and deleted in it.
    void syncDirectory(Path directory) throws IOException;

    /// Takes an exclusive lock for this process, or throws [ErrorCode#DATA_DIRECTORY_LOCKED].
    AutoCloseable lock(Path file) throws IOException;

    /// Bytes that can still be written on the file system that holds `path`.
    long usableBytes(Path path) throws IOException;
}
