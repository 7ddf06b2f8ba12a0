package dev.espalier.installer;

import dev.espalier.installer.products.Product;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The command `espalier engine`.
public final class Main {
    private Main() {}

    /// Runs one command; ends with 0 when it did what was asked, with 1 when it could not, with 2 when it was
    /// asked wrongly.
    public static void main(String[] arguments) {
        System.exit(
                run(
                        arguments,
                        System.getenv(),
                        Products.ALL,
                        Natives::inProcess,
                        System.out,
                        System.err));
    }

    /// @param products the engines that can be installed
    /// @return the exit code
    static int run(
            String[] arguments,
            Map<String, String> environment,
            Products products,
            Natives natives,
            PrintStream out,
            PrintStream err) {
        Optional<EngineCommand> asked = EngineCommand.parse(arguments);
        if (asked.isEmpty()) {
            err.print(usage(products));
            return 2;
        }
        try {
            run(asked.get(), new EnginePlaces(environment), new Releases(products), natives, out);
            return 0;
        } catch (InstallException failure) {
            err.println("espalier: " + failure.line());
            return 1;
        } finally {
            out.flush();
        }
    }

    private static String usage(Products products) {
        String examples =
                products.all().stream().map(Product::example).collect(Collectors.joining(" or "));
        return """
        usage: espalier engine install <engine>   such as %s; installs beside those there are
               espalier engine list               the engines that are there, and those that can be installed
               espalier engine remove <engine>    removes one that was installed

        Options
          --engine-directory <folder>   where the server of the same option looks; without it
                                        a folder in your XDG data folder
          --settings <file>             Maven's settings; without it your settings.xml
        """
                .formatted(examples);
    }

    private static void run(
            EngineCommand command,
            EnginePlaces places,
            Releases releases,
            Natives natives,
            PrintStream out)
            throws InstallException {
        PackFolder distribution = places.distribution();
        PackFolder installed = places.installed(command.engineDirectory());
        switch (command.verb()) {
            case "list" -> new EngineList(distribution, installed, releases, out).print();
            case "remove" -> new Removal(distribution, installed, out).remove(command.engine());
            default ->
                    new Installation(
                                    distribution,
                                    installed,
                                    new MavenRegistry(command.settings(), new Progress(out)),
                                    natives,
                                    System.getProperty("os.arch"),
                                    out)
                            .install(releases.find(command.engine()));
        }
    }
}
