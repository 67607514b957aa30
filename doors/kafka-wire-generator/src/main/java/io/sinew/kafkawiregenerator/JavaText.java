package io.sinew.kafkawiregenerator;

/// Java source under construction. A line that begins with `}` closes a block, one that ends with
/// `{` opens one.
final class JavaText {
    private static final String INDENT = "    ";

    private final StringBuilder text = new StringBuilder();
    private int depth;

    /// Appends one line: `pattern` with its `$`s replaced by `gaps`, in order.
    void line(String pattern, Object... gaps) {
        String line = fill(pattern, gaps);
        if (line.startsWith("}")) {
            depth--;
        }
        text.append(line.isEmpty() ? "" : INDENT.repeat(depth)).append(line).append('\n');
        if (line.endsWith("{")) {
            depth++;
        }
    }

    /// Opens `if (condition) {`, unless it always holds; [#endIf] closes it.
    void beginIf(Condition condition) {
        if (!condition.always()) {
            line("if ($) {", condition.java());
        }
    }

    void endIf(Condition condition) {
        if (!condition.always()) {
            line("}");
        }
    }

    private static String fill(String pattern, Object... gaps) {
        StringBuilder line = new StringBuilder();
        int from = 0;
        for (Object gap : gaps) {
            int to = pattern.indexOf('$', from);
            line.append(pattern, from, to).append(gap);
            from = to + 1;
        }
        line.append(pattern, from, pattern.length());
        return line.toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
