package io.sinew.kit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Classes as a JVM had them when it ended by itself, for those that start after it: they need half
/// the time. The JVM makes the file; it refuses one that is older than a jar, without making it
/// anew, which is why that is thrown away here.
public final class ClassArchive {
    private ClassArchive() {}

    /// The class path of this JVM without folders, which classes can't be kept of. All of Sinew is
    /// in jars when a module is tested after the others were packaged, as `./dev` does.
    public static String jars() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// What to tell a JVM with these jars on its class path.
    ///
    /// @param file the archive, which may be there or not
    public static List<String> flags(Path file, String jars) throws IOException {
        if (Files.exists(file) && isOutdated(file, jars)) {
            Files.deleteIfExists(file);
        }
        return List.of(
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + file.toAbsolutePath(),
                "-Xlog:cds*=off",
                "-Xlog:aot*=off");
    }

    private static boolean isOutdated(Path file, String jars) throws IOException {
        FileTime made = Files.getLastModifiedTime(file);
        for (String jar : jars.split(File.pathSeparator, -1)) {
            if (Files.getLastModifiedTime(Path.of(jar)).compareTo(made) > 0) {
                return true;
            }
        }
        return false;
    }
}
