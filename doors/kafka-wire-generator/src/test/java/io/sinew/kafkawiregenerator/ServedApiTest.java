package io.sinew.kafkawiregenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServedApiTest {
    @Test
    void a_version_after_the_valid_ones_is_refused() {
        assertThatThrownBy(() -> generate("Fetch 1 4-19"))
                .isInstanceOf(SchemaException.class)
                .hasMessage(
                        "served-apis.txt: \"Fetch 1 4-19\" can't be:"
                                + " the valid versions of FetchRequest are 4-18");
    }

    @Test
    void a_version_before_the_valid_ones_is_refused() {
        assertThatThrownBy(() -> generate("Produce 0 0-13"))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("the valid versions of ProduceRequest are 3-13");
    }

    @Test
    void an_unstable_version_is_refused() {
        assertThatThrownBy(() -> generate("InitProducerId 22 0-6"))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("version 6 of InitProducerIdRequest is unstable");
        assertThatCode(() -> generate("InitProducerId 22 0-5")).doesNotThrowAnyException();
    }

    @Test
    void another_key_than_the_schemas_is_refused() {
        assertThatThrownBy(() -> generate("Fetch 2 4-18"))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("the key of FetchRequest is 1");
    }

    @Test
    void an_api_without_a_schema_is_refused() {
        assertThatThrownBy(() -> generate("Teleport 999 0"))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("there is no schema common/message/TeleportRequest.json");
    }

    @Test
    void a_line_of_another_shape_is_refused() {
        for (String line :
                List.of("Fetch", "Fetch 1", "Fetch one 4-18", "Fetch 1 4+", "Fetch 1 7-4")) {
            assertThatThrownBy(() -> ServedApi.parse(List.of(line)))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("\"" + line + "\" should read NAME KEY MIN-MAX");
        }
    }

    @Test
    void comments_and_empty_lines_are_for_people() {
        assertThat(ServedApi.parse(List.of("# why", "", "  ", "OffsetDelete   47  0")))
                .containsExactly(new ServedApi("OffsetDelete", 47, new Versions(0, 0)));
    }

    private static void generate(String line) {
        Generate.sources(ServedApi.parse(List.of(line)));
    }
}
