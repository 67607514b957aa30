package io.sinew.tidy;

import java.util.List;

/// One house rule over a source tree.
interface Rule {
    /// What `allowed.txt` calls it.
    String name();

    List<Violation> check(SourceTree tree);
}
