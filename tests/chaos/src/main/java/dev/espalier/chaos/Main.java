package dev.espalier.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Runs scenarios one after the other, each against a server of its own, and ends with `N passed, N failed`:
///
///     --root=<source tree>  --faults=<how many>  --scenarios=<names, separated by commas; empty for all>
final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(option(arguments, "root", "."));
        int faults = Integer.parseInt(option(arguments, "faults", "100"));
        List<String> wanted =
                List.of(option(arguments, "scenarios", "").split(",")).stream()
                        .filter(name -> !name.isEmpty())
                        .toList();
        List<Scenario> scenarios =
                List.<Scenario>of(new FaultRun(faults, false), new FaultRun(faults / 2, true))
                        .stream()
                        .filter(s -> wanted.isEmpty() || wanted.contains(s.name()))
                        .toList();
        Report report = new Report(System.out);
        for (Scenario scenario : scenarios) {
            report.say("--- " + scenario.name());
            run(root, scenario, report);
        }
        report.end();
        System.exit(report.failed() == 0 && !scenarios.isEmpty() ? 0 : 1);
    }

    private static void run(Path root, Scenario scenario, Report report) throws IOException {
        Path work = Files.createTempDirectory("espalier-chaos-");
        Path models = work.resolve("models");
        ModelFolders.make(root, models);
        try (DistServer server =
                DistServer.start(root.resolve("dist/espalier"), models, work, scenario.flags())) {
            scenario.run(server, report);
            server.stop();
        } catch (IOException failure) {
            report.check(scenario.name() + ": " + failure, false);
        }
        report.say("the server's log: " + work.resolve("server.log"));
    }

    private static String option(String[] arguments, String name, String otherwise) {
        String prefix = "--" + name + "=";
        String value = otherwise;
        for (String argument : arguments) {
            if (argument.startsWith(prefix)) {
                value = argument.substring(prefix.length());
            }
        }
        return value;
    }
}
