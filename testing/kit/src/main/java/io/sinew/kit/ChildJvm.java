package io.sinew.kit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A Java program to be run in a JVM of its own, by the `java` that runs this one. What must not
/// share our class path, heap or fate (a real broker, a program to be killed) runs like this.
///
/// @param mainClass the class to run
/// @param classPath as for `java -cp`
/// @param flags for the JVM: `-Xmx256m`
/// @param environment variables that are set on top of this process's own
public record ChildJvm(
        String mainClass, String classPath, List<String> flags, Map<String, String> environment) {
    public ChildJvm {
        flags = List.copyOf(flags);
        environment = Map.copyOf(environment);
    }

    /// A program without flags or variables of its own.
    public static ChildJvm of(String mainClass, String classPath) {
        return new ChildJvm(mainClass, classPath, List.of(), Map.of());
    }

    /// A program from the class path that this JVM runs with, for mains that tests bring along.
    public static ChildJvm of(Class<?> mainClass) {
        return of(mainClass.getName(), System.getProperty("java.class.path"));
    }

    /// The same with more flags at the end.
    public ChildJvm flags(List<String> more) {
        var all = new ArrayList<>(flags);
        all.addAll(more);
        return new ChildJvm(mainClass, classPath, all, environment);
    }

    /// The same with one more environment variable.
    public ChildJvm environment(String name, String value) {
        var all = new LinkedHashMap<>(environment);
        all.put(name, value);
        return new ChildJvm(mainClass, classPath, flags, all);
    }

    /// Starts it.
    ///
    /// @param name for messages
    /// @param output the file that gets standard output and error
    public ChildProcess start(String name, Path output, List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-cp");
        command.add(classPath);
        command.add(mainClass);
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return ChildProcess.start(name, builder, output);
    }
}
