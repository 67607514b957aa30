package io.sinew.cli;

/// A column of a [Listing].
///
/// @param field its name for scripts, which never changes
/// @param title its name for people; empty for a column that only scripts see
/// @param number whether its values stand at the right
record Column(String field, String title, boolean number) {
    static Column text(String field, String title) {
        return new Column(field, title, false);
    }

    static Column forScripts(String field) {
        return new Column(field, "", false);
    }

    static Column number(String field, String title) {
        return new Column(field, title, true);
    }
}
