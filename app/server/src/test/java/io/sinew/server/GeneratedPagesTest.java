package io.sinew.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The pages of the documentation that are made from the code. `./dev docs` runs this with the
/// property set that writes them; without it they are compared.
class GeneratedPagesTest {
    private static final boolean WRITES = Boolean.getBoolean("sinew.docs.write");
    private static final Path DOCS = Path.of("..", "..", "docs");

    private static void isUpToDate(String page, String text) throws IOException {
        Path file = DOCS.resolve(page);
        if (WRITES) {
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, text);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("docs/%s differs from the code; write it again with: ./dev docs", page)
                .isEqualTo(text);
    }

    @Test
    void the_page_on_configuration_lists_what_the_code_knows() throws IOException {
        isUpToDate("configuration.md", ConfigurationPage.text());
    }

    @Test
    void the_page_on_metrics_lists_what_the_code_counts() throws IOException {
        isUpToDate("operating/metrics.md", MetricsPage.text());
    }

    @Test
    void the_page_on_compatibility_lists_what_is_served_and_what_is_different() throws IOException {
        isUpToDate("kafka-compatibility.md", KafkaPage.text());
    }
}
