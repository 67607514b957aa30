/// The group coordinator as a state machine: membership, rebalances, committed offsets. It knows no
/// log, no clock and no thread; `io.sinew.broker` runs it.
@org.jspecify.annotations.NullMarked
module io.sinew.groups {
    requires transitive io.sinew.base;
    requires re2j;

    exports io.sinew.groups;
}
