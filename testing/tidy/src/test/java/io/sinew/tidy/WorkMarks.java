package io.sinew.tidy;

import java.util.List;
import java.util.regex.Pattern;

/// Marks of unfinished work: what is not done is an issue, not a comment.
final class WorkMarks implements Rule {
    private static final Pattern MARK = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");

    @Override
    public String name() {
        return "work-mark";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        return Lines.matching(tree, MARK, name(), "finish it or open an issue");
    }
}
