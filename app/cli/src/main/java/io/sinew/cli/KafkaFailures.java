package io.sinew.cli;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/// What Kafka's exceptions mean to somebody at a terminal. Kept apart so that a command which is no
/// Kafka client does not load kafka-clients.
final class KafkaFailures {
    private KafkaFailures() {}

    /// The explanation, if it is one of Kafka's.
    ///
    /// @param subject what the request was about: `topic orders`; may be empty
    static Optional<CommandException> explain(Throwable failure, String subject) {
        if (failure instanceof ExecutionException || failure instanceof CompletionException) {
            Throwable cause = failure.getCause();
            return cause == null ? Optional.empty() : explain(cause, subject);
        }
        return failure instanceof KafkaException e
                ? Optional.of(explainKafka(e, subject))
                : Optional.empty();
    }

    private static CommandException explainKafka(KafkaException e, String subject) {
        String it = subject.isEmpty() ? "what was asked for" : subject;
        return switch (e) {
            case UnknownTopicOrPartitionException unknown ->
                    new CommandException(
                            ExitCode.NOT_FOUND,
                            "there is no " + it + ": `./sinew topic list` shows what there is",
                            e);
            case GroupIdNotFoundException unknown ->
                    new CommandException(
                            ExitCode.NOT_FOUND,
                            "there is no " + it + ": `./sinew group list` shows what there is",
                            e);
            case TopicExistsException exists ->
                    new CommandException(
                            ExitCode.IN_THE_WAY,
                            it + " exists already: --if-not-exists takes it as it is",
                            e);
            case GroupNotEmptyException busy -> groupIsBusy(it);
            case GroupSubscribedToTopicException busy -> groupIsBusy(it);
            case UnknownMemberIdException busy -> groupIsBusy(it);
            case TimeoutException late ->
                    new CommandException(
                            ExitCode.NO_ANSWER,
                            "the server did not answer in time (" + e.getMessage() + ")",
                            e);
            case UnsupportedVersionException unsupported ->
                    new CommandException(
                            ExitCode.FAILED,
                            "this server does not offer that: " + e.getMessage(),
                            e);
            case InterruptException interrupted ->
                    new CommandException(ExitCode.FAILED, "interrupted", e);
            default ->
                    new CommandException(
                            ExitCode.FAILED,
                            (subject.isEmpty() ? "" : subject + ": ") + withCause(e),
                            e);
        };
    }

    /// Some things can be done only to a group that nobody is in.
    static CommandException groupIsBusy(String group) {
        return new CommandException(
                ExitCode.IN_THE_WAY,
                group + " has members: stop them first (`./sinew group describe` names them)");
    }

    /// Kafka's outermost message often says only that something could not be made.
    private static String withCause(KafkaException e) {
        String message = String.valueOf(e.getMessage());
        Throwable root = e.getCause();
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return root == null ? message : message + ": " + root.getMessage();
    }
}
