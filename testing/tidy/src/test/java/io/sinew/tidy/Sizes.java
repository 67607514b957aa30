package io.sinew.tidy;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.Tree.Kind;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Files, methods and parameter lists that a reader can hold in mind. The constructors of records
/// are free: a record is where a long parameter list goes.
final class Sizes implements Rule {
    static final int MOST_FILE_LINES = 600;
    static final int MOST_METHOD_LINES = 60;
    static final int MOST_PARAMETERS = 6;

    @Override
    public String name() {
        return "size";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        var found = new ArrayList<Violation>();
        for (JavaFile file : tree.javaFiles()) {
            long lines = file.text().lines().count();
            if (lines > MOST_FILE_LINES) {
                report(found, file, 0, "the file has " + lines + " lines, " + MOST_FILE_LINES);
            }
            new Scanner(file, found).scan(file.unit(), null);
        }
        return found;
    }

    private static void report(List<Violation> found, JavaFile file, long line, String what) {
        found.add(new Violation("size", file.path(), line, what + " are the most"));
    }

    private static final class Scanner extends TreeScanner<@Nullable Void, @Nullable ClassTree> {
        private final JavaFile file;
        private final List<Violation> found;

        Scanner(JavaFile file, List<Violation> found) {
            this.file = file;
            this.found = found;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable ClassTree outer) {
            for (var member : type.getMembers()) {
                if (member instanceof BlockTree initializer) {
                    checkLines("an initializer", initializer);
                }
            }
            return super.visitClass(type, type);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable ClassTree owner) {
            checkLines(method.getName().toString(), method);
            boolean ofRecord =
                    owner != null
                            && owner.getKind() == Kind.RECORD
                            && method.getReturnType() == null;
            int parameters = method.getParameters().size();
            if (parameters > MOST_PARAMETERS && !ofRecord) {
                report(
                        found,
                        file,
                        file.firstLine(method),
                        method.getName()
                                + " has "
                                + parameters
                                + " parameters, then a record: "
                                + MOST_PARAMETERS);
            }
            return super.visitMethod(method, owner);
        }

        private void checkLines(String name, Tree part) {
            long lines = file.lastLine(part) - file.firstLine(part) + 1;
            if (lines > MOST_METHOD_LINES) {
                String what = name + " has " + lines + " lines, " + MOST_METHOD_LINES;
                report(found, file, file.firstLine(part), what);
            }
        }
    }
}
