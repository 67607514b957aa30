package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.GroupsRunner;
import io.sinew.broker.Pending;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.Message;
import java.util.Optional;

/// The group coordinator as handlers ask it. A command takes effect when it is asked, in the order
/// of the connection's requests; its reply may take as long as a rebalance.
record Coordinator(GroupsRunner groups) {
    /// A member's address as Kafka writes it, and its tools show it.
    static String shownHost(String host) {
        return "/" + host;
    }

    /// Says a reply in the words of the protocol.
    interface Wording<R extends GroupReply> {
        Message of(R reply);
    }

    /// Says in the words of the protocol that nothing was done.
    interface Refusal {
        Message of(short error);
    }

    /// Gives a command to the coordinator.
    interface Submission {
        Pending<GroupReply> submit() throws InterruptedException;
    }

    /// Asks, and answers when the reply is there and durable.
    ///
    /// @param expected what the command is replied to with, unless it is refused
    <R extends GroupReply> Reply ask(
            GroupCommand command, Class<R> expected, Wording<R> wording, Refusal refusal)
            throws InterruptedException {
        return ask(() -> groups.submit(command), expected, wording, refusal);
    }

    /// As [#ask], where somebody else gives the command.
    <R extends GroupReply> Reply ask(
            Submission submission, Class<R> expected, Wording<R> wording, Refusal refusal)
            throws InterruptedException {
        Pending<GroupReply> pending;
        try {
            pending = submission.submit();
        } catch (SinewException e) {
            return Reply.now(refusal.of(KafkaErrors.ofCoordinator(e.code())));
        }
        return new Reply() {
            @Override
            public Optional<Message> await() throws InterruptedException {
                return Optional.of(awaited(pending, expected, wording, refusal));
            }

            @Override
            public void giveUp() {
                pending.giveUp();
            }
        };
    }

    private static <R extends GroupReply> Message awaited(
            Pending<GroupReply> pending, Class<R> expected, Wording<R> wording, Refusal refusal)
            throws InterruptedException {
        GroupReply reply;
        try {
            reply = pending.await();
        } catch (SinewException e) {
            return refusal.of(KafkaErrors.ofCoordinator(e.code()));
        }
        return reply instanceof GroupReply.Refused refused
                ? refusal.of(KafkaErrors.ofCoordinator(refused.error()))
                : wording.of(expected.cast(reply));
    }
}
