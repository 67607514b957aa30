package io.sinew.log;

import io.sinew.base.Check;
import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Segment files that are open at the moment. A file is opened when first needed and stays open for
/// the next reader; beyond the bound those nobody uses are closed, longest unused first.
final class OpenFiles {
    private final Disk disk;
    private final int maxOpen;

    /// Open files, longest unused first; under this object's monitor, as the shared files' own
    /// state.
    private final Set<SharedFile> open = new LinkedHashSet<>();

    OpenFiles(Disk disk, int maxOpen) {
        this.disk = disk;
        this.maxOpen = maxOpen;
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
            synchronized (OpenFiles.this) {
                DiskFile opened = file;
                if (opened == null && deleted) {
                    throw new NoSuchFileException(path.toString());
                }
                if (opened == null) {
                    closeUnused(maxOpen - 1);
                    opened = disk.open(path);
                    file = opened;
                }
                open.remove(this);
                open.add(this);
                users++;
                return opened;
            }
        }

        void release() {
            synchronized (OpenFiles.this) {
                users--;
                Check.that(users >= 0, "a file is released once for each acquire");
                if (users == 0 && deleted) {
                    closeNow();
                }
            }
        }

        /// Removes the name now; who is reading may finish.
        void delete() throws IOException {
            synchronized (OpenFiles.this) {
                disk.delete(path);
                deleted = true;
                if (users == 0) {
                    closeNow();
                }
            }
        }

        private void closeNow() {
            DiskFile opened = file;
            file = null;
            open.remove(this);
            if (opened != null) {
                try {
                    opened.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    SharedFile file(Path path) {
        return new SharedFile(path);
    }

    /// Closes everything, also what is in use: by readers who are late, and by segments that a log
    /// which was stopped never synced.
    synchronized void closeAll() {
        for (SharedFile file : List.copyOf(open)) {
            file.closeNow();
        }
    }

    private void closeUnused(int keep) {
        if (open.size() <= keep) {
            return;
        }
        for (SharedFile candidate : List.copyOf(open)) {
            if (open.size() <= keep) {
                return;
            }
            if (candidate.users == 0) {
                candidate.closeNow();
            }
        }
    }
}
