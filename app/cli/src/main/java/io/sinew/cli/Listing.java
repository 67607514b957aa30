package io.sinew.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows under columns: an aligned table for people, an array of objects for scripts. A value is
/// text, a number, a boolean, a list of these, or null for "there is none".
final class Listing {
    private static final String GAP = "  ";
    private static final String NONE = "-";

    private final List<Column> columns;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();

    Listing(Column... columns) {
        this.columns = List.of(columns);
    }

    void add(@Nullable Object... values) {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(
                    values.length + " values for " + columns.size() + " columns");
        }
        rows.add(Collections.unmodifiableList(Arrays.asList(values.clone())));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /// The rows by field, for scripts.
    List<Map<String, @Nullable Object>> objects() {
        var objects = new ArrayList<Map<String, @Nullable Object>>();
        for (List<@Nullable Object> row : rows) {
            var object = new LinkedHashMap<String, @Nullable Object>();
            for (int i = 0; i < columns.size(); i++) {
                object.put(columns.get(i).field(), row.get(i));
            }
            objects.add(object);
        }
        return objects;
    }

    /// The lines of the table, titles first.
    List<String> lines() {
        var table = new ArrayList<List<String>>();
        table.add(columns.stream().map(Column::title).toList());
        for (List<@Nullable Object> row : rows) {
            table.add(row.stream().map(Listing::text).toList());
        }
        int[] widths = new int[columns.size()];
        for (List<String> row : table) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return table.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - row.get(i).length());
            boolean number = columns.get(i).number();
            line.append(i == 0 ? "" : GAP)
                    .append(number ? padding + row.get(i) : row.get(i) + padding);
        }
        return line.toString().stripTrailing();
    }

    /// A value as people see it.
    static String text(@Nullable Object value) {
        if (value instanceof Collection<?> many) {
            return many.isEmpty()
                    ? NONE
                    : String.join(", ", many.stream().map(String::valueOf).toList());
        }
        return value == null ? NONE : value.toString();
    }
}
