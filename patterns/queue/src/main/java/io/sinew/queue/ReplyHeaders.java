package io.sinew.queue;

/// The headers of requests and replies. Whoever answers a request, in whatever language, sends its
/// reply to the queue that the request names, with the request's correlation id.
public final class ReplyHeaders {
    /// On a request: the queue that the reply goes to.
    public static final String REPLY_TO = "sinew-reply-to";

    /// On a request, and the same on its reply: which request it is.
    public static final String CORRELATION = "sinew-correlation";

    private ReplyHeaders() {}
}
