package io.sinew.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The system's memory of files.
final class PageCache {
    private PageCache() {}

    /// Writes the files in a folder to the disk and asks the system to forget them, by GNU `dd`,
    /// which calls `posix_fadvise(DONTNEED)`. Pages that are mapped into a process stay.
    ///
    /// @return what was done, for whoever reads the figures
    static String drop(Path folder) throws IOException, InterruptedException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(folder)) {
            files = tree.filter(file -> Files.isRegularFile(file)).toList();
        }
        for (Path file : files) {
            var dd =
                    new ProcessBuilder(
                            "dd",
                            "of=" + file,
                            "oflag=nocache",
                            "conv=notrunc,fdatasync",
                            "count=0",
                            "status=none");
            if (dd.inheritIO().start().waitFor() != 0) {
                return "the page cache could NOT be dropped (no GNU dd?): a plain second read";
            }
        }
        return "the page cache was dropped file by file (dd oflag=nocache); a hypervisor's own"
                + " cache is out of reach";
    }

    /// Writes everything that waits in memory, so that one peer's backlog is not the next one's.
    static void settle() throws IOException, InterruptedException {
        new ProcessBuilder("sync").inheritIO().start().waitFor();
    }
}
