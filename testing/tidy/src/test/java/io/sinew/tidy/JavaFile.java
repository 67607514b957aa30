package io.sinew.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// A Java source as the JDK's own compiler reads it: syntax only, nothing resolved.
record JavaFile(String path, String text, CompilationUnitTree unit, SourcePositions positions) {
    /// Parses sources, given by their paths from the root.
    static List<JavaFile> parse(Map<String, String> texts) {
        if (texts.isEmpty()) {
            return List.of();
        }
        var diagnostics = new DiagnosticCollector<JavaFileObject>();
        var sources = new ArrayList<Source>();
        texts.forEach((path, text) -> sources.add(new Source(path, text)));
        var task =
                (JavacTask)
                        ToolProvider.getSystemJavaCompiler()
                                .getTask(
                                        null,
                                        null,
                                        diagnostics,
                                        List.of("-proc:none"),
                                        null,
                                        sources);
        var positions = Trees.instance(task).getSourcePositions();
        var files = new ArrayList<JavaFile>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                String path = unit.getSourceFile().toUri().getPath().substring(1);
                String text = unit.getSourceFile().getCharContent(true).toString();
                files.add(new JavaFile(path, text, unit, positions));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!diagnostics.getDiagnostics().isEmpty()) {
            throw new IllegalArgumentException(diagnostics.getDiagnostics().toString());
        }
        return files;
    }

    long firstLine(Tree tree) {
        return unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
    }

    long lastLine(Tree tree) {
        return unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree));
    }

    boolean isModuleInfo() {
        return path.endsWith("/module-info.java");
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String path, String text) {
            super(URI.create("tree:///" + path), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
