/// What every other module needs and no more: invariants, error codes, time, disk, metrics.
@org.jspecify.annotations.NullMarked
module io.sinew.base {
    requires static transitive org.jspecify;

    exports io.sinew.base;
}
