package io.sinew.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The tree that this module stands in keeps every rule.
final class HouseTest {
    private static final SourceTree TREE = SourceTree.own();
    private static final Allowed ALLOWED = Allowed.own();

    private static void assertKept(Rule rule) {
        assertThat(ALLOWED.remaining(rule, rule.check(TREE))).isEmpty();
    }

    @Test
    void files_methods_and_parameter_lists_are_small() {
        assertKept(new Sizes());
    }

    @Test
    void nothing_is_called_that_has_a_better_replacement() {
        assertKept(new BannedCalls());
    }

    @Test
    void no_test_is_skipped_and_no_library_is_named_that_stays_out() {
        assertKept(new BannedNames());
    }

    @Test
    void type_names_say_what_a_thing_is() {
        assertKept(new TypeNames());
    }

    @Test
    void switches_over_sealed_types_name_every_case() {
        assertKept(new SealedSwitches());
    }

    @Test
    void no_work_is_left_behind_in_comments() {
        assertKept(new WorkMarks());
    }

    @Test
    void no_file_names_a_path_of_one_machine() {
        assertKept(new MachinePaths());
    }

    @Test
    void links_in_the_documentation_lead_somewhere() {
        assertKept(new Links());
    }

    @Test
    void tests_that_the_documentation_names_are_there() {
        assertKept(new NamedTests());
    }

    @Test
    void the_root_folder_holds_what_belongs_there() {
        assertKept(new RootFolder());
    }

    @Test
    void a_module_is_one_null_marked_package_named_after_its_folder() {
        assertKept(new Modules());
    }

    @Test
    void every_module_is_built_and_seen_and_testing_stays_with_tests() {
        assertKept(new Dependencies());
    }

    @Test
    void every_exception_names_a_rule() {
        var rules =
                List.of(
                        new Sizes().name(),
                        new BannedCalls().name(),
                        new BannedNames().name(),
                        new TypeNames().name(),
                        new SealedSwitches().name(),
                        new WorkMarks().name(),
                        new MachinePaths().name(),
                        new Links().name(),
                        new NamedTests().name(),
                        new RootFolder().name(),
                        new Modules().name(),
                        new Dependencies().name());
        assertThat(ALLOWED.entries()).extracting(Allowed.Entry::rule).isSubsetOf(rules);
    }
}
