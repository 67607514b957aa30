package io.sinew.kit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// A folder of its own that is deleted, with everything in it, by [#close]. Close what writes into
/// it first.
///
/// @param path the folder, absolute
public record TempFolder(Path path) implements AutoCloseable {
    /// A new folder in the system's place for temporary files. That place may be in memory: use
    /// [#in] where the disk matters.
    public static TempFolder create() throws IOException {
        return new TempFolder(Files.createTempDirectory("sinew-").toAbsolutePath());
    }

    /// A new folder inside `parent`, which is created if it is not there.
    public static TempFolder in(Path parent) throws IOException {
        Files.createDirectories(parent);
        return new TempFolder(Files.createTempDirectory(parent, "sinew-").toAbsolutePath());
    }

    @Override
    public void close() throws IOException {
        deleteTree(path);
    }

    private static void deleteTree(Path root) throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    // A file that went away by itself while we walked is as good as deleted.
                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                            throws IOException {
                        if (e != null) {
                            throw e;
                        }
                        Files.delete(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
