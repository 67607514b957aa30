package io.sinew.cli;

/// A column of a [Listing].
///
/// @param field its name for scripts, which never changes
/// @param title its name for people; empty for a column that only scripts see
/// @param number whether its values stand at the right
/// @param optional whether people see it only if there is a value in it
record Column(String field, String title, boolean number, boolean optional) {
    static Column text(String field, String title) {
        return new Column(field, title, false, false);
    }

    static Column optional(String field, String title) {
        return new Column(field, title, false, true);
    }

    static Column forScripts(String field) {
        return new Column(field, "", false, true);
    }

    static Column number(String field, String title) {
        return new Column(field, title, true, false);
    }
}
