package io.sinew.tidy;

import com.sun.source.tree.ModuleTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A module is a folder in a storey, with one flat package that is named after it and a
/// `module-info` that marks it as free of null.
final class Modules implements Rule {
    private static final String NULL_MARKED = "org.jspecify.annotations.NullMarked";

    @Override
    public String name() {
        return "module";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        var found = new ArrayList<Violation>();
        for (String module : Storeys.modulesIn(tree)) {
            checkModuleInfo(tree, module, found);
            checkPackages(tree, module, found);
        }
        return found;
    }

    private void checkModuleInfo(SourceTree tree, String module, List<Violation> found) {
        String path = module + "/src/main/java/module-info.java";
        Optional<ModuleTree> declared =
                tree.javaFiles().stream()
                        .filter(file -> file.path().equals(path))
                        .map(file -> file.unit().getModule())
                        .findFirst();
        if (declared.isEmpty()) {
            found.add(new Violation(name(), module, 0, "it has no module-info"));
            return;
        }
        String expected = Storeys.packageOf(module);
        if (!declared.get().getName().toString().equals(expected)) {
            found.add(new Violation(name(), path, 0, "the module is to be called " + expected));
        }
        if (declared.get().getAnnotations().stream()
                .noneMatch(a -> NULL_MARKED.endsWith(a.getAnnotationType().toString()))) {
            found.add(new Violation(name(), path, 0, "the module is not @NullMarked"));
        }
    }

    private void checkPackages(SourceTree tree, String module, List<Violation> found) {
        String expected = Storeys.packageOf(module);
        for (JavaFile file : tree.javaFiles()) {
            if (file.path().startsWith(module + "/") && !file.isModuleInfo()) {
                var name = file.unit().getPackageName();
                if (name == null || !name.toString().equals(expected)) {
                    String message = "the module has one package, " + expected;
                    found.add(new Violation(name(), file.path(), 0, message));
                }
            }
        }
    }
}
