package io.sinew.cli;

/// Where the process begins.
final class Main {
    private Main() {}

    /// Prints the version and what it was asked for.
    public static void main(String[] arguments) {
        String version = Main.class.getPackage().getImplementationVersion();
        System.out.println("sinew " + version + " " + String.join(" ", arguments));
    }
}
