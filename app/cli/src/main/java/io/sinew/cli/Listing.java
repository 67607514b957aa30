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
        var table = new ArrayList<>(Collections.nCopies(rows.size() + 1, ""));
        for (int i = 0; i < columns.size(); i++) {
            if (isShown(i)) {
                List<String> cells = cells(i);
                int width = cells.stream().mapToInt(String::length).max().orElse(0);
                for (int row = 0; row < cells.size(); row++) {
                    String cell = cells.get(row);
                    String padding = " ".repeat(width - cell.length());
                    String before = table.get(row).isEmpty() ? "" : table.get(row) + GAP;
                    table.set(
                            row,
                            before + (columns.get(i).number() ? padding + cell : cell + padding));
                }
            }
        }
        return table.stream().map(String::stripTrailing).toList();
    }

    private boolean isShown(int index) {
        Column column = columns.get(index);
        return !column.title().isEmpty()
                && (!column.optional() || rows.stream().anyMatch(row -> row.get(index) != null));
    }

    private List<String> cells(int column) {
        var cells = new ArrayList<String>();
        cells.add(columns.get(column).title());
        rows.forEach(row -> cells.add(text(row.get(column))));
        return cells;
    }

    /// A value as people see it.
    static String text(@Nullable Object value) {
        if (value instanceof Collection<?> many) {
            return many.isEmpty()
                    ? NONE
                    : String.join(", ", many.stream().map(String::valueOf).toList());
        }
        String text = value == null ? "" : value.toString();
        return text.isEmpty() ? NONE : text;
    }
}
