/// The command line.
@org.jspecify.annotations.NullMarked
module io.sinew.cli {
    requires io.sinew.broker;
}
