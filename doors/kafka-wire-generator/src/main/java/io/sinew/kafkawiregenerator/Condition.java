package io.sinew.kafkawiregenerator;

/// A Java expression that says whether `version` is in a range, as short as it can be where all
/// versions that occur are known.
record Condition(String java) {
    static final Condition ALWAYS = new Condition("true");
    static final Condition NEVER = new Condition("false");

    /// Whether `version`, known to be in `scope`, is in `range`.
    static Condition in(Versions range, Versions scope) {
        Versions both = range.and(scope);
        if (both.isEmpty()) {
            return NEVER;
        }
        String from = "version >= " + both.min();
        String to = "version <= " + both.max();
        if (both.min() == scope.min()) {
            return both.max() == scope.max() ? ALWAYS : new Condition(to);
        }
        return new Condition(both.max() == scope.max() ? from : from + " && " + to);
    }

    /// Whether `version`, known to be in `scope`, is not in `range`.
    static Condition outside(Versions range, Versions scope) {
        Versions both = range.and(scope);
        if (both.isEmpty()) {
            return ALWAYS;
        }
        String before = "version < " + both.min();
        String after = "version > " + both.max();
        if (both.min() == scope.min()) {
            return both.max() == scope.max() ? NEVER : new Condition(after);
        }
        return new Condition(both.max() == scope.max() ? before : before + " || " + after);
    }

    boolean always() {
        return equals(ALWAYS);
    }

    boolean never() {
        return equals(NEVER);
    }

    /// The Java expression that is `yes` where the condition holds and `no` where it does not.
    String choose(String yes, String no) {
        return always() ? yes : never() ? no : java + " ? " + yes + " : " + no;
    }
}
