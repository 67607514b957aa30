package io.sinew.base;

/// A refusal on its way to whoever asked. The message says what is wrong and, where there is
/// something to do about it, what.
public class SinewException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    public SinewException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public SinewException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
