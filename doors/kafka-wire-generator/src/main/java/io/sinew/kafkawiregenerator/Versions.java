package io.sinew.kafkawiregenerator;

/// A range of versions, both ends included. Written in schemas as `3`, `3-7`, `3+` or `none`.
record Versions(int min, int max) {
    static final Versions NONE = new Versions(0, -1);

    private static final int OPEN = Short.MAX_VALUE;

    static Versions parse(String text) {
        if (text.equals("none")) {
            return NONE;
        }
        if (text.endsWith("+")) {
            return new Versions(Integer.parseInt(text.substring(0, text.length() - 1)), OPEN);
        }
        int dash = text.indexOf('-');
        return dash < 0
                ? new Versions(Integer.parseInt(text), Integer.parseInt(text))
                : new Versions(
                        Integer.parseInt(text.substring(0, dash)),
                        Integer.parseInt(text.substring(dash + 1)));
    }

    boolean isEmpty() {
        return min > max;
    }

    boolean contains(int version) {
        return min <= version && version <= max;
    }

    boolean covers(Versions other) {
        return other.isEmpty() || (min <= other.min && other.max <= max);
    }

    Versions and(Versions other) {
        int from = Math.max(min, other.min);
        int to = Math.min(max, other.max);
        return from > to ? NONE : new Versions(from, to);
    }

    /// The smallest range that covers both.
    Versions hull(Versions other) {
        if (isEmpty() || other.isEmpty()) {
            return isEmpty() ? other : this;
        }
        return new Versions(Math.min(min, other.min), Math.max(max, other.max));
    }

    /// The part of this range before `other` begins.
    Versions before(Versions other) {
        return other.isEmpty() ? this : and(new Versions(0, other.min - 1));
    }

    @Override
    public String toString() {
        if (isEmpty()) {
            return "none";
        }
        return max == OPEN ? min + "+" : min == max ? "" + min : min + "-" + max;
    }
}
