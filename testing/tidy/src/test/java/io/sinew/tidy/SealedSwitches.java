package io.sinew.tidy;

import com.sun.source.tree.BindingPatternTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.DeconstructionPatternTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.PatternCaseLabelTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/// No `default` in a switch over the cases of one of our sealed types: with it, the compiler could
/// not point at the switches that a new case must be added to. Types are told by their simple
/// names, because nothing is resolved here.
final class SealedSwitches implements Rule {
    @Override
    public String name() {
        return "sealed-default";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        var cases = casesOfSealedTypes(tree);
        var found = new ArrayList<Violation>();
        for (JavaFile file : tree.javaFiles()) {
            new Switches(file, cases, found).scan(file.unit(), null);
        }
        return found;
    }

    private static Set<String> casesOfSealedTypes(SourceTree tree) {
        var types = new ArrayList<ClassTree>();
        tree.javaFiles().forEach(file -> new Types(types).scan(file.unit(), null));
        Set<String> sealed =
                types.stream()
                        .filter(SealedSwitches::isSealed)
                        .map(type -> type.getSimpleName().toString())
                        .collect(Collectors.toSet());
        return types.stream()
                .filter(type -> parents(type).anyMatch(sealed::contains))
                .map(type -> type.getSimpleName().toString())
                .collect(Collectors.toSet());
    }

    private static Stream<String> parents(ClassTree type) {
        return Stream.concat(
                        type.getImplementsClause().stream(),
                        Stream.ofNullable(type.getExtendsClause()))
                .map(SealedSwitches::lastName);
    }

    private static boolean isSealed(ClassTree type) {
        return type.getModifiers().getFlags().contains(Modifier.SEALED);
    }

    /// `C` of `a.B.C<D>`.
    private static String lastName(Tree type) {
        String name = type.toString().replaceFirst("<.*", "");
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static final class Types extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final List<ClassTree> types;

        Types(List<ClassTree> types) {
            this.types = types;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
            types.add(type);
            return super.visitClass(type, null);
        }
    }

    private final class Switches extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final JavaFile file;
        private final Set<String> sealedCases;
        private final List<Violation> found;

        Switches(JavaFile file, Set<String> sealedCases, List<Violation> found) {
            this.file = file;
            this.sealedCases = sealedCases;
            this.found = found;
        }

        @Override
        public @Nullable Void visitSwitch(SwitchTree tree, @Nullable Void nothing) {
            look(tree.getCases());
            return super.visitSwitch(tree, null);
        }

        @Override
        public @Nullable Void visitSwitchExpression(
                SwitchExpressionTree tree, @Nullable Void nothing) {
            look(tree.getCases());
            return super.visitSwitchExpression(tree, null);
        }

        private void look(List<? extends CaseTree> cases) {
            boolean sealed = cases.stream().anyMatch(this::namesSealedCase);
            for (CaseTree one : cases) {
                if (sealed
                        && one.getLabels().stream()
                                .anyMatch(DefaultCaseLabelTree.class::isInstance)) {
                    String message = "no default over a sealed type: name the cases";
                    found.add(new Violation(name(), file.path(), file.firstLine(one), message));
                }
            }
        }

        private boolean namesSealedCase(CaseTree one) {
            return one.getLabels().stream()
                    .filter(PatternCaseLabelTree.class::isInstance)
                    .map(label -> ((PatternCaseLabelTree) label).getPattern())
                    .map(pattern ->
                            switch (pattern) {
                                case BindingPatternTree binding ->
                                        lastName(binding.getVariable().getType());
                                case DeconstructionPatternTree parts ->
                                        lastName(parts.getDeconstructor());
                                default -> "";
                            })
                    .anyMatch(sealedCases::contains);
        }
    }
}
