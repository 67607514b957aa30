package io.sinew.tidy;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What the compiled classes say about each other, where `module-info` cannot say it.
final class Architecture {
    /// What would make a state machine depend on more than its arguments and its records.
    private static final List<String> IMPURE =
            List.of(
                    "io.sinew.base.Clock",
                    "io.sinew.base.Disk",
                    "java.io.File",
                    "java.lang.Process",
                    "java.lang.Thread",
                    "java.net.",
                    "java.nio.channels.",
                    "java.nio.file.",
                    "java.security.SecureRandom",
                    "java.time.Clock",
                    "java.time.InstantSource",
                    "java.util.Random",
                    "java.util.SplittableRandom",
                    "java.util.Timer",
                    "java.util.concurrent.",
                    "java.util.random.");

    private static final String UNIT = "java.util.concurrent.TimeUnit";

    private static final Set<String> IMPURE_CALLS =
            Set.of(
                    "java.lang.Math.random",
                    "java.lang.System.currentTimeMillis",
                    "java.lang.System.nanoTime",
                    "java.util.UUID.randomUUID");

    private Architecture() {}

    /// Uses of a module by another that the table does not list. `packages` maps a package to the
    /// folder of its module.
    static List<String> unlistedUses(
            JavaClasses classes, Map<String, String> packages, Map<String, Set<String>> mayUse) {
        var found = new TreeSet<String>();
        for (JavaClass user : classes) {
            String from = packages.get(user.getPackageName());
            if (from == null) {
                continue;
            }
            for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
                String to = packages.get(targetOf(dependency).getPackageName());
                if (to != null
                        && !to.equals(from)
                        && !mayUse.getOrDefault(from, Set.of()).contains(to)) {
                    found.add(from + " may not use " + to + ": " + dependency.getDescription());
                }
            }
        }
        return List.copyOf(found);
    }

    /// Impure things that a class called `…State` reaches: itself, in its nested classes, or
    /// through the classes of its own package.
    static List<String> impureStates(JavaClasses classes) {
        var found = new TreeSet<String>();
        for (JavaClass state : classes) {
            if (state.getSimpleName().endsWith("State")) {
                for (JavaClass member : family(state)) {
                    impurities(member)
                            .forEach(what -> found.add(state.getName() + " reaches " + what));
                }
            }
        }
        return List.copyOf(found);
    }

    private static Set<JavaClass> family(JavaClass state) {
        var family = new HashSet<JavaClass>(Set.of(state));
        var toVisit = new ArrayDeque<JavaClass>(family);
        while (!toVisit.isEmpty()) {
            for (Dependency dependency : toVisit.remove().getDirectDependenciesFromSelf()) {
                JavaClass used = targetOf(dependency);
                if (used.getPackageName().equals(state.getPackageName()) && family.add(used)) {
                    toVisit.add(used);
                }
            }
        }
        return family;
    }

    private static List<String> impurities(JavaClass member) {
        var found = new ArrayList<String>();
        for (Dependency dependency : member.getDirectDependenciesFromSelf()) {
            String used = targetOf(dependency).getName();
            if (!used.equals(UNIT) && IMPURE.stream().anyMatch(name -> isOrHolds(name, used))) {
                found.add(dependency.getDescription());
            }
        }
        for (JavaAccess<?> access : member.getAccessesFromSelf()) {
            String call = access.getTargetOwner().getName() + "." + access.getTarget().getName();
            boolean tellsTime = call.startsWith("java.time.") && call.endsWith(".now");
            if (tellsTime || IMPURE_CALLS.contains(call)) {
                found.add(access.getDescription());
            }
        }
        return found;
    }

    /// A name that ends in a dot is a package, or the beginning of several.
    private static boolean isOrHolds(String name, String used) {
        return name.endsWith(".")
                ? used.startsWith(name)
                : used.equals(name) || used.startsWith(name + "$");
    }

    private static JavaClass targetOf(Dependency dependency) {
        return dependency.getTargetClass().getBaseComponentType();
    }
}
