package io.sinew.log;

import io.sinew.base.Check;
import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Segment files that are open at the moment. A file is opened when first needed and stays open for
/// the next reader; beyond the bound those nobody uses are closed, longest unused first. What can
/// take long on a disk, closing and deleting, happens outside of the monitor.
final class OpenFiles {
    /// Memory for the indexes of segments that do not grow: those of 32 to 64 segments of 1 GiB
    /// with an entry for every 32 KiB.
    private static final long MAX_INDEX_BYTES = 32L << 20;

    private final Disk disk;
    private final int maxOpen;
    private final IndexCache indexes;

    // Under this object's monitor, as the shared files' own state.
    private final Set<SharedFile> open = new LinkedHashSet<>();

    /// Those of them that nobody uses, longest unused first.
    private final LinkedHashSet<SharedFile> unused = new LinkedHashSet<>();

    OpenFiles(Disk disk, int maxOpen) {
        this(disk, maxOpen, new IndexCache(MAX_INDEX_BYTES));
    }

    OpenFiles(Disk disk, int maxOpen, IndexCache indexes) {
        this.disk = disk;
        this.maxOpen = maxOpen;
        this.indexes = indexes;
    }

    /// A file that many may use at a time. Each [#acquire] is followed by one [#release].
    final class SharedFile {
        private final Path path;
        private @Nullable DiskFile file;
        private int users;
        private boolean deleted;

        private SharedFile(Path path) {
            this.path = path;
        }

        /// @throws NoSuchFileException when it was deleted
        DiskFile acquire() throws IOException {
            while (true) {
                DiskFile surplus;
                synchronized (OpenFiles.this) {
                    surplus = file == null ? takeSurplus() : null;
                    if (surplus == null) {
                        return use();
                    }
                }
                close(surplus);
            }
        }

        /// Under the monitor.
        private DiskFile use() throws IOException {
            DiskFile opened = file;
            if (opened == null) {
                if (deleted) {
                    throw new NoSuchFileException(path.toString());
                }
                opened = disk.open(path);
                file = opened;
                open.add(this);
            }
            unused.remove(this);
            users++;
            return opened;
        }

        void release() {
            DiskFile last = null;
            synchronized (OpenFiles.this) {
                users--;
                Check.that(users >= 0, "a file is released once for each acquire");
                if (users == 0 && deleted) {
                    last = take();
                } else if (users == 0 && file != null) {
                    unused.add(this);
                }
            }
            close(last);
        }

        /// Removes the name now; who is reading may finish.
        void delete() throws IOException {
            DiskFile last;
            synchronized (OpenFiles.this) {
                // Before the name goes: nobody may open, and so create, the file again.
                deleted = true;
                last = users == 0 ? take() : null;
            }
            try {
                disk.delete(path);
            } finally {
                close(last);
            }
        }

        /// Leaves the file to the caller, who closes it. Under the monitor.
        private @Nullable DiskFile take() {
            DiskFile taken = file;
            file = null;
            open.remove(this);
            unused.remove(this);
            return taken;
        }
    }

    /// What is known of the files, in memory.
    IndexCache indexes() {
        return indexes;
    }

    SharedFile file(Path path) {
        return new SharedFile(path);
    }

    /// Closes everything, also what is in use: by readers who are late, and by segments that a log
    /// which was stopped never synced.
    void closeAll() {
        var files = new ArrayList<DiskFile>();
        synchronized (this) {
            for (SharedFile shared : List.copyOf(open)) {
                DiskFile taken = shared.take();
                if (taken != null) {
                    files.add(taken);
                }
            }
        }
        files.forEach(OpenFiles::close);
    }

    /// The file longest unused, for the caller to close, if there is no room for another. Under the
    /// monitor.
    private @Nullable DiskFile takeSurplus() {
        return open.size() < maxOpen || unused.isEmpty() ? null : unused.getFirst().take();
    }

    private static void close(@Nullable DiskFile file) {
        if (file == null) {
            return;
        }
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
