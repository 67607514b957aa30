package io.sinew.http;

import io.helidon.http.Status;
import io.sinew.base.ErrorCode;
import io.sinew.http.Schema.Shape;

/// What the routes of [MessageRoutes] do, and what they take and give, for a queue or for a
/// subscription.
///
/// @param whose what is in front of `Messages` in their ids
/// @param missing what is answered when it is not there
record MessageOperations(String whose, ErrorCode missing) {
    private Operation of(String verb, String summary) {
        return Operation.of(verb + whose + "Messages", summary).refuses(missing);
    }

    private Operation settles(String verb, String summary, Shape said) {
        return of(verb, summary)
                .members(said)
                .answers(Status.OK_200, "What became of each", MessageVerdicts.SETTLED);
    }

    Operation receive() {
        return of("receive", "Gives messages, as soon as there are any.")
                .members(MessageDeliveries.RECEIVE)
                .answers(Status.OK_200, "The messages", MessageDeliveries.GIVEN);
    }

    Operation ack() {
        return settles("ack", "The messages are dealt with.", MessageVerdicts.ACK);
    }

    Operation nack() {
        return settles("nack", "The messages failed.", MessageVerdicts.NACK);
    }

    Operation extend() {
        return settles("extend", "The messages are needed for longer.", MessageVerdicts.EXTEND);
    }

    Operation reject() {
        return settles("reject", "The messages are never tried again.", MessageVerdicts.REJECT);
    }

    Operation pause() {
        return of("pause", "Stops deliveries, also over a restart.")
                .answers(Status.NO_CONTENT_204, "Nothing is delivered");
    }

    Operation resume() {
        return of("resume", "Has deliveries go on.")
                .answers(Status.NO_CONTENT_204, "Messages are delivered");
    }
}
