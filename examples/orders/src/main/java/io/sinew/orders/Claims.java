package io.sinew.orders;

/// What the story claims, each thing verified before it is told.
record Claims(Narrator narrator) {
    /// @throws StoryException it does not hold
    void verify(String claim, boolean holds) {
        if (!holds) {
            throw new StoryException("This does not hold: " + claim);
        }
        narrator.verified(claim);
    }
}
