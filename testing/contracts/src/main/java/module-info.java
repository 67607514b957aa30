/// Suites that hold for every implementation of an interface; whoever implements one extends them.
@org.jspecify.annotations.NullMarked
module io.sinew.contracts {
    requires transitive io.sinew.topics;
    requires transitive org.junit.jupiter.api;
    requires transitive io.sinew.kit;
    requires transitive org.assertj.core;

    exports io.sinew.contracts;
}
