package dev.espalier.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/// `espalier new model <name>`: writes a Maven project with a model in Java, its test, and a model repository with it.
///
/// @param home the folder of the distribution, which has the SDK as a Maven repository
/// @param here where the project's folder is made
record NewCommand(Path home, Path here, PrintStream out) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,99}");

    void run(Arguments arguments) throws ClientException {
        List<String> words = arguments.operands();
        if (words.size() != 2 || !words.getFirst().equals("model")) {
            throw new ClientException("new: %s (expected: model <name>)".formatted(words));
        }
        String name = words.getLast();
        if (!NAME.matcher(name).matches()) {
            throw new ClientException(
                    "new model: '%s' (expected: a letter, then letters, digits, '_' and '-', at most 100)"
                            .formatted(name));
        }
        if (!Files.isDirectory(home.resolve("share/maven"))) {
            throw new ClientException(
                    "no %s (expected: to be run by the distribution's bin/espalier)"
                            .formatted(home.resolve("share/maven")));
        }
        Path project = here.resolve(name);
        if (Files.exists(project)) {
            throw new ClientException(
                    "new model: %s is there already (expected: a new folder)".formatted(project));
        }
        try {
            write(project, name);
        } catch (IOException failure) {
            throw new ClientException("%s cannot be written: %s".formatted(project, failure));
        }
        out.println(
                """
                %1$s is a Maven project with a model that adds one. Next:
                  cd %1$s && mvn package
                  trtserver --model-repository=models\
                """
                        .formatted(name));
    }

    private void write(Path project, String name) throws IOException {
        String type = className(name);
        String sources = "src/%s/java/model/" + type + "%s.java";
        write(project.resolve("pom.xml"), "pom.xml", name);
        write(project.resolve("README.md"), "README.md", name);
        write(project.resolve(".gitignore"), "gitignore", name);
        write(
                project.resolve("models").resolve(name).resolve("config.pbtxt"),
                "config.pbtxt",
                name);
        write(project.resolve(sources.formatted("main", "")), "Model.java", name);
        write(project.resolve(sources.formatted("test", "Test")), "ModelTest.java", name);
        write(
                project.resolve("src/main/resources/META-INF/services/dev.espalier.sdk.Model"),
                "services",
                name);
    }

    private void write(Path file, String template, String name) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(
                file,
                text(template)
                        .replace("%NAME%", name)
                        .replace("%CLASS%", className(name))
                        .replace("%HOME%", home.toAbsolutePath().normalize().toString()));
    }

    private static String text(String template) {
        try (InputStream text = NewCommand.class.getResourceAsStream("new-model/" + template)) {
            if (text == null) {
                throw new IllegalStateException(template + " is missing in the client's jar");
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// `my_model` as a class is called: `MyModel`. Not `Model`, which the SDK has.
    static String className(String name) {
        StringBuilder type = new StringBuilder();
        for (String word : name.split("[_-]+", -1)) {
            if (!word.isEmpty()) {
                type.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
            }
        }
        return type.toString().equals("Model") ? "TheModel" : type.toString();
    }
}
