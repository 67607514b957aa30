package io.sinew.tidy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/// The poms: every module is built, every module is seen by the rules of [Architecture], and what
/// is in `testing` reaches the house as a test dependency only.
final class Dependencies implements Rule {
    private static final String TIDY = "testing/tidy";

    @Override
    public String name() {
        return "dependency";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        var found = new ArrayList<Violation>();
        Set<String> built = texts(parse(tree, "pom.xml"), "module");
        Set<String> seen = sinewDependencies(tree, TIDY, Set.of("test"));
        for (String module : tree.modules()) {
            if (!built.contains(module)) {
                found.add(
                        new Violation(name(), "pom.xml", 0, module + " is not among the modules"));
            }
        }
        Set<String> testing = new HashSet<>();
        for (String module : Storeys.modulesIn(tree)) {
            if (Storeys.isForTests(module)) {
                testing.add(Storeys.artifactOf(module));
            }
            if (hasMainCode(tree, module) && !seen.contains(Storeys.artifactOf(module))) {
                String message = "it does not depend on " + module + ", whose classes it misses";
                found.add(new Violation(name(), TIDY + "/pom.xml", 0, message));
            }
        }
        for (String module : tree.modules()) {
            if (!Storeys.isForTests(module)) {
                Set<String> used =
                        sinewDependencies(tree, module, Set.of("", "compile", "runtime"));
                used.retainAll(testing);
                used.forEach(artifact ->
                        found.add(
                                new Violation(
                                        name(),
                                        module + "/pom.xml",
                                        0,
                                        artifact + " is for tests: <scope>test</scope>")));
            }
        }
        return found;
    }

    private static boolean hasMainCode(SourceTree tree, String module) {
        return tree.javaFiles().stream()
                .anyMatch(file -> file.path().startsWith(module + "/src/main/java/"));
    }

    private static Set<String> sinewDependencies(
            SourceTree tree, String module, Set<String> scopes) {
        var artifacts = new HashSet<String>();
        var dependencies = parse(tree, module + "/pom.xml").getElementsByTagName("dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
            var dependency = (Element) dependencies.item(i);
            if (texts(dependency, "groupId").contains("io.sinew")
                    && scopes.contains(String.join("", texts(dependency, "scope")))) {
                artifacts.addAll(texts(dependency, "artifactId"));
            }
        }
        return artifacts;
    }

    private static Set<String> texts(Element parent, String tag) {
        var texts = new HashSet<String>();
        var elements = parent.getElementsByTagName(tag);
        for (int i = 0; i < elements.getLength(); i++) {
            texts.add(elements.item(i).getTextContent().trim());
        }
        return texts;
    }

    private static Element parse(SourceTree tree, String pom) {
        String text = tree.texts().getOrDefault(pom, "<project/>");
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                    .getDocumentElement();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalArgumentException(pom + " is not XML", e);
        }
    }
}
