package io.sinew.http;

/// What the route files of one door have in common, so that a bound on something holds for all of
/// them together.
///
/// @param calls what is inside the engine
/// @param bodies what has been read of requests
record RouteContext(
        HttpContents contents,
        Callers callers,
        HttpLimits limits,
        EngineCalls calls,
        RequestBodies bodies) {
    static RouteContext of(HttpContents contents, Callers callers, HttpLimits limits) {
        return new RouteContext(contents, callers, limits, new EngineCalls(), new RequestBodies());
    }
}
