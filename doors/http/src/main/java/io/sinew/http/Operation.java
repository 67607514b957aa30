package io.sinew.http;

import io.helidon.http.Status;
import io.sinew.base.ErrorCode;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.OneOf;
import io.sinew.http.Schema.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a route does, for who reads the door's description or makes a client of it.
///
/// @param id names it among all routes
/// @param headers of a request that it looks at, beside those that all have
/// @param refusals that it may answer with, beside those that any route may
record Operation(
        String id,
        String summary,
        Input input,
        List<Member> headers,
        List<Output> outputs,
        List<ErrorCode> refusals) {
    /// What a request brings, beside the parameters of its path.
    sealed interface Input {
        /// Nothing: a query is refused.
        record Nothing() implements Input {}

        /// Whatever there is, which is passed over: monitors add things.
        record PassedOver() implements Input {}

        /// A query.
        record Query(Shape members) implements Input {}

        /// Members of a body, or where there is none those of a query, which has only the plain
        /// ones.
        ///
        /// @param shapes of which it is one
        record Members(List<Shape> shapes) implements Input {}

        /// A body.
        ///
        /// @param byType what it is, by its media type
        record Body(Map<String, Schema> byType) implements Input {}
    }

    /// An answer to a request that was not refused.
    ///
    /// @param byType what it says, by its media type; empty where it has no body
    record Output(Status status, String what, Map<String, Schema> byType) {}

    private static final String JSON = "application/json";

    static Operation of(String id, String summary) {
        return new Operation(id, summary, new Input.Nothing(), List.of(), List.of(), List.of());
    }

    private Operation with(Input other) {
        return new Operation(id, summary, other, headers, outputs, refusals);
    }

    Operation passesOver() {
        return with(new Input.PassedOver());
    }

    Operation query(Shape members) {
        return with(new Input.Query(members));
    }

    /// A body, or a query in its place.
    Operation members(Shape... shapes) {
        return with(new Input.Members(List.of(shapes)));
    }

    /// A body of JSON.
    Operation body(Shape... shapes) {
        return body(Map.of(JSON, new OneOf(List.of(shapes))));
    }

    Operation body(Map<String, Schema> byType) {
        return with(new Input.Body(byType));
    }

    Operation headers(Member... others) {
        return new Operation(id, summary, input, List.of(others), outputs, refusals);
    }

    /// An answer of JSON.
    Operation answers(Status status, String what, Shape shape) {
        return answers(status, what, Map.of(JSON, shape));
    }

    /// An answer without a body.
    Operation answers(Status status, String what) {
        return answers(status, what, Map.of());
    }

    Operation answers(Status status, String what, Map<String, Schema> byType) {
        var all = new ArrayList<>(outputs);
        all.add(new Output(status, what, byType));
        return new Operation(id, summary, input, headers, List.copyOf(all), refusals);
    }

    Operation refuses(ErrorCode... codes) {
        return new Operation(id, summary, input, headers, outputs, List.of(codes));
    }
}
