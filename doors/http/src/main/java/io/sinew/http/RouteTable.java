package io.sinew.http;

import java.util.List;

/// A group of routes below one path: all that the door serves of it, and all that it is described
/// by.
interface RouteTable {
    /// What they are about.
    String name();

    /// What each of their paths begins with.
    String root();

    /// All routes, in the order of their documentation.
    List<Route> table();
}
