package io.sinew.queue;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.ConsumerOptions;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessageConsumer;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import java.util.List;
import java.util.Map;

/// The side that answers requests, whose reply and acknowledgement are one commit: a request that
/// is acknowledged has its reply, and one whose reply could not be sent comes again.
///
/// @param queues where replies go: those of the engine that the requests come from
/// @param requests where requests come from
public record Replier(Queues queues, Queue requests) {
    /// Answers a request; one at a time on each virtual thread.
    @FunctionalInterface
    public interface RequestHandler {
        /// The reply.
        ///
        /// @throws Exception it failed: the request comes again if it may
        NewMessage answer(Message request) throws Exception;
    }

    /// Whether a message asks for a reply.
    public static boolean isRequest(Message message) {
        return message.header(ReplyHeaders.REPLY_TO).isPresent()
                && message.header(ReplyHeaders.CORRELATION).isPresent();
    }

    /// Acknowledges a request and sends its reply, both or neither.
    ///
    /// @param reply without a dedupe id
    /// @return `LOST` when the request is not the consumer's any more: nothing was sent
    /// @throws SinewException `INVALID_REQUEST`: it asks for no reply; `QUEUE_NOT_FOUND`: there is
    ///   no such queue; as [Queue#acknowledgeWith]
    public Settled reply(Message request, NewMessage reply) throws InterruptedException {
        String address = header(request, ReplyHeaders.REPLY_TO);
        String correlation = header(request, ReplyHeaders.CORRELATION);
        NewMessage complete = reply.withHeader(ReplyHeaders.CORRELATION, correlation);
        return requests.acknowledgeWith(
                request.receipt(), Map.of(queues.queue(address), List.of(complete)));
    }

    private static String header(Message request, String name) {
        return request.header(name)
                .orElseThrow(() ->
                        new SinewException(
                                ErrorCode.INVALID_REQUEST,
                                "The message has no header '"
                                        + name
                                        + "': it asks for no reply. Acknowledge it, or reject it"));
    }

    /// Has a handler answer requests until it is closed. A message that asks for no reply is
    /// rejected.
    public MessageConsumer consume(ConsumerOptions options, RequestHandler handler) {
        return requests.consume(
                options,
                message -> {
                    if (!isRequest(message)) {
                        return new Verdict.Rejected("it asks for no reply");
                    }
                    var _ = reply(message, handler.answer(message));
                    // It is settled, or somebody else's, and this counts for nothing.
                    return new Verdict.Done();
                });
    }
}
