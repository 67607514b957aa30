package io.sinew.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.sinew.base.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// core < patterns < doors < app, and state machines that depend on their arguments alone.
final class ArchitectureTest {
    private static final SourceTree TREE = SourceTree.own();
    private static final JavaClasses CLASSES = new ClassFileImporter().importPackages("io.sinew");
    private static final Map<String, String> PACKAGES = packages();

    private static Map<String, String> packages() {
        var packages = new HashMap<String, String>();
        for (String module : Storeys.modulesIn(TREE)) {
            packages.put(Storeys.packageOf(module), Storeys.folder(module));
        }
        return packages;
    }

    private static List<String> house() {
        return Storeys.modulesIn(TREE).stream()
                .filter(module -> !Storeys.besideTheHouse(module))
                .toList();
    }

    @Test
    void modules_use_only_what_the_table_lists_for_them() {
        var mayUse = new HashMap<>(Storeys.MAY_USE);
        for (String module : Storeys.modulesIn(TREE)) {
            if (Storeys.besideTheHouse(module)) {
                mayUse.putIfAbsent(Storeys.folder(module), Set.copyOf(PACKAGES.values()));
            }
        }
        assertThat(Architecture.unlistedUses(CLASSES, PACKAGES, mayUse)).isEmpty();
    }

    @Test
    void every_module_of_the_house_is_in_the_table() {
        assertThat(house()).extracting(Storeys::folder).isSubsetOf(Storeys.MAY_USE.keySet());
    }

    @Test
    void the_table_itself_lets_nothing_look_up() {
        var storeys = new HashMap<String, Integer>();
        for (String module : house()) {
            storeys.put(Storeys.folder(module), Storeys.ORDER.indexOf(Storeys.storey(module)));
        }
        var looksUp = new ArrayList<String>();
        Storeys.MAY_USE.forEach((user, uses) -> {
            for (String used : uses) {
                if (storeys.containsKey(user)
                        && storeys.containsKey(used)
                        && storeys.get(used) > storeys.get(user)) {
                    looksUp.add(user + " -> " + used);
                }
                if (Storeys.MAY_USE.getOrDefault(used, Set.of()).contains(user)) {
                    looksUp.add(user + " <-> " + used);
                }
            }
        });
        assertThat(looksUp).isEmpty();
    }

    @Test
    void a_use_that_is_not_listed_is_found() {
        assertThat(Architecture.unlistedUses(CLASSES, PACKAGES, Map.of("tidy", Set.of())))
                .anyMatch(use -> use.startsWith("tidy may not use base"));
    }

    @Test
    void states_do_not_reach_clocks_threads_sockets_or_chance() {
        assertThat(Architecture.impureStates(CLASSES))
                .filteredOn(found -> !found.startsWith("io.sinew.tidy."))
                .isEmpty();
    }

    @Test
    void an_impure_state_is_found_directly_and_through_its_family() {
        assertThat(Architecture.impureStates(CLASSES))
                .anyMatch(found -> found.contains("$DirectState reaches"))
                .anyMatch(found -> found.contains("$RemoteState reaches"))
                .noneMatch(found -> found.contains("$PureState reaches"));
    }

    record DirectState(Clock clock) {}

    record RemoteState(Neighbour neighbour) {}

    record Neighbour(Thread thread) {}

    record PureState(long nowMs) {}
}
