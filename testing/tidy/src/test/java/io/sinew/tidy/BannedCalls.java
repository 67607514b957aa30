package io.sinew.tidy;

import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Calls that make a program depend on the moment, on luck, or on a console, with what to use
/// instead. It looks at the syntax tree, so that a word in a comment or a string is nothing, and
/// catches method references and static imports too.
final class BannedCalls implements Rule {
    private static final String CLOCK = "time comes from io.sinew.base.Clock, or as an argument";
    private static final String SEED = "random numbers come from a seed (io.sinew.kit.Trials)";
    private static final String LOGGER = "use System.Logger, at an owner's edge";
    private static final String NEW = "new without arguments";

    private static final Set<String> TIMES =
            Set.of(
                    "Instant",
                    "LocalDate",
                    "LocalDateTime",
                    "LocalTime",
                    "OffsetDateTime",
                    "ZonedDateTime");
    private static final Set<String> SLEEPERS =
            Set.of(
                    "Thread",
                    "TimeUnit",
                    "NANOSECONDS",
                    "MICROSECONDS",
                    "MILLISECONDS",
                    "SECONDS",
                    "MINUTES");
    private static final List<String> MAY_TELL_TIME =
            List.of("core/base/", "testing/bench/", "examples/");
    private static final List<String> MAY_PRINT =
            List.of("app/cli/", "examples/", "testing/bench/", "testing/kit/", "testing/sim/");
    private static final List<String> MAY_EXIT =
            List.of("app/", "testing/bench/", "testing/kit/", "testing/sim/");

    private static final List<Ban> BANS =
            List.of(
                    new Ban(Set.of("System"), "currentTimeMillis", CLOCK, MAY_TELL_TIME),
                    new Ban(Set.of("System"), "nanoTime", CLOCK, MAY_TELL_TIME),
                    new Ban(TIMES, "now", CLOCK, MAY_TELL_TIME),
                    new Ban(Set.of("Date"), NEW, CLOCK, List.of()),
                    new Ban(Set.of("Random", "SplittableRandom"), NEW, SEED, List.of()),
                    Ban.of("Math", "random", SEED),
                    Ban.of("ThreadLocalRandom", "current", SEED),
                    Ban.of("RandomGenerator", "getDefault", SEED),
                    Ban.of("UUID", "randomUUID", SEED, "app/", "doors/", "examples/"),
                    new Ban(SLEEPERS, "sleep", "wait for what must happen", List.of()),
                    new Ban(Set.of("System"), "out", LOGGER, MAY_PRINT),
                    new Ban(Set.of("System"), "err", LOGGER, MAY_PRINT),
                    new Ban(Set.of(), "printStackTrace", LOGGER, List.of()),
                    new Ban(Set.of("System"), "exit", "throw to end", MAY_EXIT));

    @Override
    public String name() {
        return "banned-call";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        var found = new ArrayList<Violation>();
        for (JavaFile file : tree.javaFiles()) {
            new Scanner(file, found).scan(file.unit(), null);
        }
        return found;
    }

    /// The last name of `a.b.C`, of `C`, and of nothing else.
    private static String lastName(ExpressionTree expression) {
        return switch (expression) {
            case IdentifierTree identifier -> identifier.getName().toString();
            case MemberSelectTree select -> select.getIdentifier().toString();
            default -> "";
        };
    }

    private final class Scanner extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final JavaFile file;
        private final List<Violation> found;

        Scanner(JavaFile file, List<Violation> found) {
            this.file = file;
            this.found = found;
        }

        @Override
        public @Nullable Void visitMemberSelect(MemberSelectTree select, @Nullable Void nothing) {
            look(select, lastName(select.getExpression()), select.getIdentifier().toString());
            return super.visitMemberSelect(select, null);
        }

        @Override
        public @Nullable Void visitMemberReference(
                MemberReferenceTree reference, @Nullable Void nothing) {
            boolean creates = reference.getMode() == MemberReferenceTree.ReferenceMode.NEW;
            String member = creates ? NEW : reference.getName().toString();
            look(reference, lastName(reference.getQualifierExpression()), member);
            return super.visitMemberReference(reference, null);
        }

        @Override
        public @Nullable Void visitNewClass(NewClassTree creation, @Nullable Void nothing) {
            if (creation.getArguments().isEmpty()) {
                look(creation, lastName(creation.getIdentifier()), NEW);
            }
            return super.visitNewClass(creation, null);
        }

        private void look(Tree place, String type, String member) {
            for (Ban ban : BANS) {
                if (ban.covers(type, member) && !ban.allows(file.path())) {
                    String message = type + " " + member + ": " + ban.instead();
                    found.add(new Violation(name(), file.path(), file.firstLine(place), message));
                }
            }
        }
    }
}
