package io.sinew.cli;

/// A column of a [Listing].
///
/// @param field its name for scripts, which never changes
/// @param title its name for people
/// @param number whether its values stand at the right
record Column(String field, String title, boolean number) {
    static Column text(String field, String title) {
        return new Column(field, title, false);
    }

    static Column number(String field, String title) {
        return new Column(field, title, true);
    }
}
