package dev.espalier.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Runs scenarios one after the other, each against a server of its own, and ends with `N passed, N failed`:
///
///     --root=<source tree>  --faults=<how many>  --restarts=<how many>  --abuse-seconds=<how long>
///     --stream-kills=<how many>
///     --scenarios=<names, separated by commas; empty for all>
final class Main {
    private static final int KILL_SECONDS = 60;

    private Main() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(option(arguments, "root", "."));
        int faults = Integer.parseInt(option(arguments, "faults", "100"));
        int restarts = Integer.parseInt(option(arguments, "restarts", "40"));
        int abuse = Integer.parseInt(option(arguments, "abuse-seconds", "20"));
        int streamKills = Integer.parseInt(option(arguments, "stream-kills", "4"));
        List<String> wanted =
                Stream.of(option(arguments, "scenarios", "").split(","))
                        .filter(name -> !name.isEmpty())
                        .toList();
        List<Scenario> scenarios =
                List.of(
                        new FaultRun(Engine.ONNXRUNTIME, faults, false),
                        new FaultRun(Engine.ONNXRUNTIME, faults, true),
                        new FaultRun(Engine.TENSORFLOW, faults, false),
                        new RandomKills(KILL_SECONDS),
                        new Restarts(restarts),
                        new StoppedWorker(),
                        new KilledServer(),
                        new FullDisk(),
                        new AddressSpace(),
                        new Descriptors(),
                        new KilledStreams(root, streamKills),
                        new Clients(root, abuse));
        Report report = new Report(System.out);
        for (Scenario scenario : scenarios) {
            if (wanted.isEmpty() || wanted.contains(scenario.name())) {
                report.say("--- " + scenario.name());
                run(root, scenario, report);
            }
        }
        report.end();
        System.exit(report.isGood() ? 0 : 1);
    }

    private static void run(Path root, Scenario scenario, Report report) throws IOException {
        Path work = Files.createTempDirectory("espalier-chaos-");
        Path state = work.resolve("state");
        ModelFolders.make(root, scenario.engine(), work.resolve("models"));
        int failedBefore = report.failed();
        try {
            scenario.prepare(state);
            try (DistServer server =
                            DistServer.start(root.resolve("dist/espalier"), work, scenario);
                    Trial trial = new Trial(server, scenario.engine(), report)) {
                scenario.run(trial);
                if (server.isAlive()) {
                    server.stop();
                }
            }
        } catch (IOException failure) {
            report.check("%s: %s".formatted(scenario.name(), failure.getMessage()), false);
        } finally {
            scenario.clear(state);
        }
        if (report.failed() == failedBefore) {
            Folders.remove(work);
        } else {
            report.say("what the server said: " + work.resolve("server.log"));
        }
    }

    private static String option(String[] arguments, String name, String otherwise) {
        String prefix = "--" + name + "=";
        return Stream.of(arguments)
                .filter(argument -> argument.startsWith(prefix))
                .map(argument -> argument.substring(prefix.length()))
                .findFirst()
                .orElse(otherwise);
    }
}
