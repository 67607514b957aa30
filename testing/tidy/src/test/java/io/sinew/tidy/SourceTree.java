package io.sinew.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The files that people wrote, by their paths from the root: everything that is neither Git's own
/// nor ignored by `.gitignore`.
final class SourceTree {
    private final Path root;
    private final SortedMap<String, String> texts = new TreeMap<>();
    private final SortedMap<String, String> sources = new TreeMap<>();
    private final List<JavaFile> javaFiles;
    private final List<String> topNames = new ArrayList<>();

    /// The tree that this module stands in: the first folder upwards that holds `dev`.
    static SourceTree own() {
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("dev"))) {
                return new SourceTree(folder);
            }
        }
        throw new IllegalStateException("no folder above " + here + " holds a file called dev");
    }

    SourceTree(Path root) {
        this.root = root;
        try {
            read(new Ignored(root));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        javaFiles = JavaFile.parse(sources);
    }

    Path root() {
        return root;
    }

    /// Names in the root folder.
    List<String> topNames() {
        return topNames;
    }

    /// The text files and what is in them.
    SortedMap<String, String> texts() {
        return texts;
    }

    List<JavaFile> javaFiles() {
        return javaFiles;
    }

    /// The modules' folders: those that hold a `pom.xml`, but for the root.
    List<String> modules() {
        return texts.keySet().stream()
                .filter(path -> path.endsWith("/pom.xml"))
                .map(path -> path.substring(0, path.length() - "/pom.xml".length()))
                .toList();
    }

    private void read(Ignored ignored) throws IOException {
        var visitor =
                new SimpleFileVisitor<Path>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        if (folder.equals(root)) {
                            return FileVisitResult.CONTINUE;
                        }
                        if (ignored.matches(folder)) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        noteTopName(folder);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (!ignored.matches(file)) {
                            noteTopName(file);
                            readText(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                };
        Files.walkFileTree(root, visitor);
    }

    private void noteTopName(Path path) {
        if (root.equals(path.getParent())) {
            topNames.add(path.getFileName().toString());
        }
    }

    private void readText(Path file) throws IOException {
        var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        if (text.indexOf('\0') < 0) {
            String path = root.relativize(file).toString();
            texts.put(path, text);
            if (path.endsWith(".java")) {
                sources.put(path, text);
            }
        }
    }
}
