package io.sinew.tidy;

/// A place that breaks a rule, and what to do instead. `line` counts from 1; 0 is the whole file.
record Violation(String rule, String path, long line, String message) {
    @Override
    public String toString() {
        return path + ":" + line + ": " + message + " [" + rule + "]";
    }
}
