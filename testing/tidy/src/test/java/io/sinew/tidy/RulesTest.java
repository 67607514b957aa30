package io.sinew.tidy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each rule finds what breaks it, and leaves alone what only looks like it.
final class RulesTest {
    private static final String LOG = "core/log/src/main/java/io/sinew/log/";

    @TempDir Path root;

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private List<Violation> check(Rule rule) {
        return rule.check(new SourceTree(root));
    }

    /// Checks one class of `core/log` that has this body.
    private List<Violation> checkBody(Rule rule, String body) throws IOException {
        return checkBody(rule, LOG, body);
    }

    private List<Violation> checkBody(Rule rule, String folder, String body) throws IOException {
        write(folder + "Some.java", "package io.sinew.log;\n\nclass Some {\n" + body + "\n}\n");
        return check(rule);
    }

    @Test
    void a_long_method_is_found_and_one_line_less_is_not() throws IOException {
        String most =
                "  void run() {\n" + "    call();\n".repeat(Sizes.MOST_METHOD_LINES - 2) + "  }";
        assertThat(checkBody(new Sizes(), most)).isEmpty();
        String longer = most.replaceFirst("call", "call();\n    call");
        assertThat(checkBody(new Sizes(), longer))
                .singleElement()
                .hasToString(LOG + "Some.java:4: run has 61 lines, 60 are the most [size]");
    }

    @Test
    void a_long_method_inside_another_type_is_found() throws IOException {
        String method = "void run() {\n" + "call();\n".repeat(Sizes.MOST_METHOD_LINES) + "}";
        assertThat(checkBody(new Sizes(), "Object it = new Object() {" + method + "};")).hasSize(1);
        assertThat(checkBody(new Sizes(), "static {\n" + "call();\n".repeat(60) + "}")).hasSize(1);
    }

    @Test
    void a_long_file_is_found() throws IOException {
        assertThat(checkBody(new Sizes(), "\n".repeat(Sizes.MOST_FILE_LINES))).hasSize(1);
    }

    @Test
    void a_seventh_parameter_is_found_but_not_in_a_record() throws IOException {
        String seven = "(int a, int b, int c, int d, int e, int f, int g)";
        assertThat(checkBody(new Sizes(), "void run" + seven + " {}")).hasSize(1);
        assertThat(checkBody(new Sizes(), "Some" + seven + " {}")).hasSize(1);
        assertThat(checkBody(new Sizes(), "record Wide" + seven + " { Wide {} }")).isEmpty();
        assertThat(checkBody(new Sizes(), "record Wide" + seven + " { void run" + seven + " {} }"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "long a = System.currentTimeMillis();",
                "long a = java.lang.System.nanoTime();",
                "java.util.function.LongSupplier a = System::nanoTime;",
                "Object a = Instant.now();",
                "Object a = java.time.LocalDateTime.now();",
                "Object a = new Date();",
                "Object a = new Random();",
                "Object a = new java.util.SplittableRandom();",
                "java.util.function.Supplier<Random> a = Random::new;",
                "double a = Math.random();",
                "int a = ThreadLocalRandom.current().nextInt();",
                "Object a = UUID.randomUUID();",
                "void a() throws Exception { Thread.sleep(1); }",
                "void a() throws Exception { TimeUnit.SECONDS.sleep(1); }",
                "void a() { System.out.println(); }",
                "void a(Exception e) { e.printStackTrace(); }",
                "void a() { System.exit(1); }",
            })
    void a_banned_call_is_found(String body) throws IOException {
        assertThat(checkBody(new BannedCalls(), body)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "// System.out.println(System.nanoTime()), Thread.sleep(1)",
                "String a = \"System.exit(1)\";",
                "Object a = new Random(1);",
                "Object a = System.getLogger(\"a\");",
                "long a = clock.nanos();",
            })
    void what_only_looks_like_a_banned_call_is_left_alone(String body) throws IOException {
        assertThat(checkBody(new BannedCalls(), body)).isEmpty();
    }

    @Test
    void a_banned_call_is_found_behind_a_static_import_and_in_tests() throws IOException {
        write(
                "core/log/src/test/java/io/sinew/log/SomeTest.java",
                "package io.sinew.log;\nimport static java.lang.Thread.sleep;\nclass SomeTest {}\n");
        assertThat(check(new BannedCalls())).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "core/base/, long a = System.nanoTime();",
        "testing/bench/, Object a = Instant.now();",
        "doors/kafka/, Object a = UUID.randomUUID();",
        "app/cli/, Object a = System.out;",
        "app/server/, void a() { System.exit(1); }",
    })
    void a_call_is_allowed_where_it_belongs(String folder, String body) throws IOException {
        assertThat(checkBody(new BannedCalls(), folder, body)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import org.mockito.Mockito;",
                "import static org.mockito.Mockito.mock;",
                "import org.junit.jupiter.api.Disabled;",
                "import org.junit.jupiter.api.condition.EnabledOnOs;",
                "import static org.junit.jupiter.api.Assumptions.assumeTrue;",
                "import static org.assertj.core.api.Assumptions.assumeThat;",
                "import java.util.logging.Logger;",
                "import org.slf4j.Logger;",
                "import java.util.*;",
                "import static java.util.Map.*;",
                "import module java.base;",
                "@org.junit.jupiter.api.Disabled",
            })
    void a_banned_name_is_found(String line) throws IOException {
        write(LOG + "Some.java", line + "\nclass Some {}\n");
        assertThat(check(new BannedNames())).hasSize(1);
    }

    @Test
    void a_name_that_only_resembles_a_banned_one_is_left_alone() throws IOException {
        write(
                LOG + "Some.java",
                "import static org.assertj.core.api.Assertions.assertThat;\nclass Some {}\n");
        assertThat(check(new BannedNames())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "class LogManager {}, 1",
        "interface ByteUtils {}, 1",
        "record UtilBox() {}, 1",
        "enum DiskHelper {}, 1",
        "class DiskImpl {}, 1",
        "abstract class BaseLog {}, 1",
        "class ImplicitLog {}, 0",
        "record BaseOffset() {}, 0",
        "class Utility {}, 0",
    })
    void a_type_name_that_says_nothing_is_found(String type, int count) throws IOException {
        assertThat(checkBody(new TypeNames(), type)).hasSize(count);
    }

    @Test
    void a_default_over_a_sealed_type_is_found() throws IOException {
        write(
                LOG + "Append.java",
                """
                sealed interface Append {
                    record Appended(long offset) implements Append {}
                    record Refused() implements Append {}
                }
                """);
        String yields = "int a(Append b) { return switch (b) { case ";
        String does = "void a(Append b) { switch (b) { case ";
        for (String body :
                List.of(
                        yields + "Append.Appended c -> 1; default -> 2; }; }",
                        yields + "Append.Appended(var c) -> 1; default -> 2; }; }",
                        does + "Refused c -> {} default -> {} } }")) {
            assertThat(checkBody(new SealedSwitches(), body)).as(body).hasSize(1);
        }
    }

    @Test
    void a_default_over_other_types_is_left_alone() throws IOException {
        assertThat(
                        checkBody(
                                new SealedSwitches(),
                                "int a(Object b) { return switch (b) { case String c -> 1;"
                                        + " default -> 2; }; }"))
                .isEmpty();
        assertThat(
                        checkBody(
                                new SealedSwitches(),
                                "int a(int b) { return switch (b) { case 1 -> 1; default -> 2; }; }"))
                .isEmpty();
    }

    @Test
    void a_mark_of_unfinished_work_is_found_in_any_text() throws IOException {
        write("docs/page.md", "fine\n\nTO" + "DO: the rest\n");
        write("pom.xml", "<!-- FIX" + "ME -->\n");
        assertThat(check(new WorkMarks()))
                .extracting(Violation::path, Violation::line)
                .containsExactlyInAnyOrder(tuple("docs/page.md", 3L), tuple("pom.xml", 1L));
    }

    @Test
    void a_path_of_one_machine_is_found_and_a_relative_one_is_not() throws IOException {
        write("docs/page.md", "see /" + "home/me/sinew\n");
        write("docs/other.md", "see src/" + "tmp/a, https://example.org/" + "home/a and ./data\n");
        assertThat(check(new MachinePaths()))
                .extracting(Violation::path)
                .containsExactly("docs/page.md");
    }

    @ParameterizedTest
    @CsvSource({
        "[a](nowhere.md), 1",
        "[a](other.md), 0",
        "[a](other.md#the-second-one), 0",
        "[a](other.md#third), 1",
        "[a](#here-too), 0",
        "[a](#elsewhere), 1",
        "[a](../..), 1",
        "[a]: nowhere.md, 1",
        "![a](nowhere.png), 1",
        "<img src=\"nowhere.svg\">, 1",
        "[a](https://example.org/nowhere), 0",
        "`[a](nowhere.md)`, 0",
    })
    void a_dead_link_is_found(String line, int count) throws IOException {
        write("docs/other.md", "# Other\n\n## The *second* one\n");
        write("docs/page.md", "# Here, too\n" + line + "\n```\n[a](nowhere.md)\n# third\n```\n");
        assertThat(check(new Links())).hasSize(count);
    }

    @Test
    void a_page_that_names_a_test_that_is_not_there_is_found() throws IOException {
        write("core/log/OldTest.java", "class OldTest { void it_holds() {} }");
        write(
                "docs/page.md",
                "`OldTest.it_holds`\n`OldTest.it_held`\n`NewTest.it_holds`\nOldTest.x\n");
        assertThat(check(new NamedTests())).extracting(Violation::line).containsExactly(2L, 3L);
    }

    @Test
    void a_stray_file_in_the_root_is_found_unless_git_ignores_it() throws IOException {
        write(".gitignore", "target/\n/data/\n*.iml\n");
        write("README.md", "");
        write("notes.md", "");
        write("target/some.txt", "");
        write("data/some.txt", "");
        write("sinew.iml", "");
        write(".git/config", "");
        assertThat(check(new RootFolder())).extracting(Violation::path).containsExactly("notes.md");
    }

    @Test
    void a_module_that_is_not_as_modules_are_is_found() throws IOException {
        String marked = "@org.jspecify.annotations.NullMarked\nmodule ";
        write("core/log/pom.xml", "<project/>");
        write("core/log/src/main/java/module-info.java", marked + "io.sinew.log {}");
        write("doors/kafka-wire/pom.xml", "<project/>");
        write("doors/kafka-wire/src/main/java/module-info.java", marked + "io.sinew.kafkawire {}");
        assertThat(check(new Modules())).isEmpty();

        write("core/log/src/main/java/module-info.java", "module io.sinew.logs {}");
        write("core/log/src/main/java/io/sinew/log/more/More.java", "package io.sinew.log.more;");
        write("core/base/pom.xml", "<project/>");
        assertThat(check(new Modules()))
                .extracting(Violation::message)
                .containsExactly(
                        "it has no module-info",
                        "the module is to be called io.sinew.log",
                        "the module is not @NullMarked",
                        "the module has one package, io.sinew.log");
    }

    @Test
    void a_module_that_escapes_the_build_or_these_rules_is_found() throws IOException {
        write("pom.xml", "<project><modules><module>testing/tidy</module></modules></project>");
        write("testing/tidy/pom.xml", "<project/>");
        write("core/log/pom.xml", "<project/>");
        write(LOG + "Some.java", "class Some {}");
        assertThat(check(new Dependencies()))
                .extracting(Violation::message)
                .containsExactly(
                        "core/log is not among the modules",
                        "it does not depend on core/log, whose classes it misses");
    }

    @ParameterizedTest
    @CsvSource({"'', 1", "<scope>runtime</scope>, 1", "<scope>test</scope>, 0"})
    void a_module_that_ships_with_test_code_is_found(String scope, int count) throws IOException {
        String modules = "<module>testing/kit</module><module>core/log</module>";
        write("pom.xml", "<project><modules>" + modules + "</modules></project>");
        write("testing/kit/pom.xml", "<project/>");
        write(
                "core/log/pom.xml",
                "<project><dependency><groupId>io.sinew</groupId><artifactId>sinew-kit</artifactId>"
                        + scope
                        + "</dependency></project>");
        assertThat(check(new Dependencies())).hasSize(count);
    }

    @Test
    void an_exception_excuses_its_file_only() {
        var allowed = Allowed.parse("# a comment\n\nsize | a/Table.java | it is a table\n");
        var table = new Violation("size", "a/Table.java", 0, "long");
        var other = new Violation("size", "a/Other.java", 0, "long");
        assertThat(allowed.remaining(new Sizes(), List.of(table, other)))
                .containsExactly(other.toString());
    }

    @Test
    void an_exception_that_nobody_needs_is_found() {
        var allowed = Allowed.parse("size | a/Table.java | it is a table\n");
        assertThat(allowed.remaining(new Sizes(), List.of())).hasSize(1);
        assertThat(allowed.remaining(new Links(), List.of())).isEmpty();
    }

    @Test
    void an_exception_without_a_reason_is_refused() {
        assertThatThrownBy(() -> Allowed.parse("size | a/Table.java | "))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Allowed.parse("size | a/Table.java"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
