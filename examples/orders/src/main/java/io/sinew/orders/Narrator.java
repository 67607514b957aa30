package io.sinew.orders;

/// Whoever listens to the story.
public interface Narrator {
    /// A new step begins.
    void step(String title);

    /// Something that happened.
    void tell(String fact);

    /// Something that was claimed and has been verified.
    void verified(String claim);

    /// How to look at it oneself.
    ///
    /// @param command the arguments of `sinew`
    void look(String command);
}
