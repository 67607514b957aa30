package io.sinew.base;

/// A defect of Sinew's own: something that the code takes for certain did not hold. Nobody catches
/// it to carry on with the same state.
public final class BrokenInvariant extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BrokenInvariant(String invariant) {
        super(invariant);
    }
}
