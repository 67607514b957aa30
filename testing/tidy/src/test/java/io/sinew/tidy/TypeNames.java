package io.sinew.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/// Type names that say nothing of what a thing is.
final class TypeNames implements Rule {
    private static final Pattern EMPTY_WORD =
            Pattern.compile("(Manager|Helper|Utils?|Impl|Common)(?![a-z])");
    private static final Pattern BASE_WORD = Pattern.compile("^(Base|Abstract)(?![a-z])|Base$");

    @Override
    public String name() {
        return "type-name";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        var found = new ArrayList<Violation>();
        for (JavaFile file : tree.javaFiles()) {
            var scanner =
                    new TreeScanner<@Nullable Void, @Nullable Void>() {
                        @Override
                        public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
                            if (isEmpty(type)) {
                                String message =
                                        type.getSimpleName() + ": name it after what it is";
                                long line = file.firstLine(type);
                                found.add(new Violation(name(), file.path(), line, message));
                            }
                            return super.visitClass(type, null);
                        }
                    };
            scanner.scan(file.unit(), null);
        }
        return found;
    }

    private static boolean isEmpty(ClassTree type) {
        boolean open = type.getModifiers().getFlags().contains(Modifier.ABSTRACT);
        return EMPTY_WORD.matcher(type.getSimpleName()).find()
                || (open && BASE_WORD.matcher(type.getSimpleName()).find());
    }
}
