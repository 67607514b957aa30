package io.sinew.orders;

/// A claim of the story that did not hold.
public final class StoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StoryException(String message) {
        super(message);
    }
}
