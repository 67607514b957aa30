package io.sinew.tidy;

import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Libraries and annotations that stay out, imported or named in full; and imports of everything.
final class BannedNames implements Rule {
    private static final String DOUBLES = "write a double by hand, in testing/kit";
    private static final String NO_SKIPS = "a test that does not run proves nothing: assert it";
    private static final String LOGGER = "use System.Logger";

    /// What a qualified name may not begin with.
    private static final Map<String, String> BANNED =
            Map.ofEntries(
                    Map.entry("org.mockito", DOUBLES),
                    Map.entry("org.powermock", DOUBLES),
                    Map.entry("org.easymock", DOUBLES),
                    Map.entry("org.jmock", DOUBLES),
                    Map.entry("mockit", DOUBLES),
                    Map.entry("org.junit.jupiter.api.Disabled", NO_SKIPS),
                    Map.entry("org.junit.jupiter.api.condition", NO_SKIPS),
                    Map.entry("org.junit.jupiter.api.Assumptions", NO_SKIPS),
                    Map.entry("org.junit.Assume", NO_SKIPS),
                    Map.entry("org.junit.Ignore", NO_SKIPS),
                    Map.entry("org.opentest4j.TestAbortedException", NO_SKIPS),
                    Map.entry("org.assertj.core.api.Assumptions", NO_SKIPS),
                    Map.entry("org.assertj.core.api.BDDAssumptions", NO_SKIPS),
                    Map.entry("java.util.logging", LOGGER),
                    Map.entry("org.slf4j", LOGGER),
                    Map.entry("org.apache.logging", LOGGER));

    @Override
    public String name() {
        return "banned-name";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        var found = new ArrayList<Violation>();
        for (JavaFile file : tree.javaFiles()) {
            new Scanner(file, found).scan(file.unit(), null);
        }
        return found;
    }

    private final class Scanner extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final JavaFile file;
        private final List<Violation> found;

        Scanner(JavaFile file, List<Violation> found) {
            this.file = file;
            this.found = found;
        }

        @Override
        public @Nullable Void visitImport(ImportTree imported, @Nullable Void nothing) {
            if (imported.isModule()
                    || imported.getQualifiedIdentifier().toString().endsWith(".*")) {
                report(imported, "import each type by its name");
            }
            return super.visitImport(imported, null);
        }

        @Override
        public @Nullable Void visitMemberSelect(MemberSelectTree select, @Nullable Void nothing) {
            String instead = BANNED.get(select.toString());
            if (instead != null) {
                report(select, select + ": " + instead);
            }
            return super.visitMemberSelect(select, null);
        }

        private void report(Tree place, String message) {
            found.add(new Violation(name(), file.path(), file.firstLine(place), message));
        }
    }
}
