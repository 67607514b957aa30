package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ListingTest {
    private final Listing listing =
            new Listing(
                    Column.text("name", "NAME"),
                    Column.number("size", "SIZE"),
                    Column.optional("instance", "INSTANCE"),
                    Column.forScripts("id"));

    @Test
    void a_row_has_a_value_for_each_column() {
        assertThatThrownBy(() -> listing.add("a", 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void text_stands_left_numbers_right_and_what_there_is_none_of_is_a_dash() {
        listing.add("long name", 5, "x", "1");
        listing.add("b", 12_000, null, "2");
        listing.add(List.of("c", "d"), null, "", "3");

        assertThat(listing.lines())
                .containsExactly(
                        "NAME        SIZE  INSTANCE",
                        "long name      5  x",
                        "b          12000  -",
                        "c, d           -  -");
    }

    @Test
    void an_optional_column_without_values_is_not_shown_but_scripts_get_it() {
        listing.add("a", 1, null, "1");

        assertThat(listing.lines()).containsExactly("NAME  SIZE", "a        1");
        assertThat(listing.objects().getFirst()).containsOnlyKeys("name", "size", "instance", "id");
    }
}
