/// The port: topics as every pattern sees them, whatever stores them. Interfaces and records only.
@org.jspecify.annotations.NullMarked
module io.sinew.topics {
    requires transitive io.sinew.base;

    exports io.sinew.topics;
}
