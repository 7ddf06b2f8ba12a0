package dev.espalier.installer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineKind;
import dev.espalier.engine.OpInspector;
import dev.espalier.installer.products.Part;
import dev.espalier.installer.products.Product;
import dev.espalier.installer.products.TensorFlow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.eclipse.aether.artifact.Artifact;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The whole command, with Maven's resolver, against a registry that is a folder. Its natives are texts;
/// whoever is asked for their version reads it there.
@Timeout(60)
class EngineCommandLineTest {
    private static final String MACHINE = System.getProperty("os.arch");
    private static final String NAME = "tensorflow-2.16.2";
    private static final Natives TEXTS =
            (_, library) -> {
                try {
                    return Files.readString(library).strip();
                } catch (IOException failure) {
                    throw new InstallException("unreadable: " + failure, failure);
                }
            };

    private static final Product ABACUS =
            new Product(
                    new EngineKind() {
                        @Override
                        public String name() {
                            return "abacus";
                        }

                        @Override
                        public Engine open(Path library) {
                            throw new AssertionError("opened here");
                        }

                        @Override
                        public OpInspector inspector(Path library) {
                            throw new AssertionError("opened here");
                        }
                    },
                    "the Abacus",
                    List.of(
                            new Part("org.abacus:frame", "", "libabacus\\.so"),
                            new Part("org.rods:rods", "-wood", "librods\\.so\\.\\d+")),
                    "libabacus\\.so",
                    "abacus-1");

    @TempDir Path folder;
    private Path registry;
    private Path packs;
    private Products products = Products.ALL;

    private record Ended(int code, String out, String err) {}

    @BeforeEach
    void settings() throws IOException {
        registry = folder.resolve("registry");
        packs = folder.resolve("packs");
        Files.writeString(
                folder.resolve("settings.xml"),
                """
                <settings>
                  <localRepository>%s</localRepository>
                  <mirrors><mirror><id>ours</id><mirrorOf>*</mirrorOf><url>%s</url></mirror></mirrors>
                </settings>
                """
                        .formatted(folder.resolve("local"), registry.toUri()));
    }

    /// Puts a package with natives of a version into the registry.
    private Path publish(String artifactVersion, String version) throws IOException {
        return publish(
                new Release(TensorFlow.PRODUCT, "", List.of(artifactVersion))
                        .natives(MACHINE)
                        .getFirst(),
                version,
                "libtensorflow_cc.so.2",
                "libother.so",
                "LICENSE");
    }

    private Path publish(Artifact artifact, String version, String... files) throws IOException {
        Path file =
                registry.resolve(artifact.getGroupId().replace('.', '/'))
                        .resolve(artifact.getArtifactId())
                        .resolve(artifact.getVersion())
                        .resolve(
                                "%s-%s-%s.jar"
                                        .formatted(
                                                artifact.getArtifactId(),
                                                artifact.getVersion(),
                                                artifact.getClassifier()));
        Files.createDirectories(file.getParent());
        try (ZipOutputStream jar = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String name : files) {
                jar.putNextEntry(new ZipEntry("natives/" + name));
                jar.write((version + "\n").getBytes(UTF_8));
            }
        }
        Files.writeString(checksum(file), sha1(Files.readAllBytes(file)));
        return file;
    }

    private static Path checksum(Path file) {
        return file.resolveSibling(file.getFileName() + ".sha1");
    }

    private static String sha1(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(content));
        } catch (NoSuchAlgorithmException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private Ended engine(Natives natives, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] arguments =
                Stream.concat(
                                Stream.of(words),
                                Stream.of(
                                        "--engine-directory=" + packs,
                                        "--settings=" + folder.resolve("settings.xml")))
                        .toArray(String[]::new);
        int code =
                Main.run(
                        arguments,
                        Map.of("ESPALIER_HOME", folder.resolve("home").toString()),
                        products,
                        natives,
                        new PrintStream(out, false, UTF_8),
                        new PrintStream(err, false, UTF_8));
        return new Ended(code, out.toString(UTF_8), err.toString(UTF_8));
    }

    private Ended engine(String... words) {
        return engine(TEXTS, words);
    }

    private void assertFails(Ended ended, String... texts) {
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).startsWith("espalier: ").contains(texts).hasLineCount(1);
        assertThat(packs.resolve(NAME)).doesNotExist();
        assertThat(packs)
                .satisfiesAnyOf(
                        none -> assertThat(none).doesNotExist(),
                        empty -> assertThat(empty).isEmptyDirectory());
    }

    @Test
    void installsListsAndRemoves() throws IOException {
        publish("1.0.0", "2.16.2");
        Ended installed = engine("install", NAME);
        assertThat(installed.err()).isEmpty();
        assertThat(installed.out())
                .contains(NAME + " is installed: 0 MB in " + packs.resolve(NAME));
        assertThat(packs.resolve(NAME).resolve(MACHINE)).isDirectoryContaining("glob:**cc.so.2");
        assertThat(packs.resolve(NAME).resolve(MACHINE).resolve("libother.so")).doesNotExist();
        assertThat(packs.resolve(NAME).resolve("LICENSE")).exists();
        assertThat(packs.resolve(NAME).resolve("engine.properties"))
                .content()
                .contains(
                        "engine=tensorflow",
                        "version=2.16.2",
                        "library.%s=%s/libtensorflow_cc.so.2".formatted(MACHINE, MACHINE));
        assertThat(packs).isDirectoryNotContaining("glob:**/.*");

        assertThat(engine("install", NAME).out())
                .isEqualTo(NAME + " is there: " + packs.resolve(NAME) + "\n");
        assertThat(engine("list").out())
                .contains(NAME + "        installed, 0 MB in " + packs.resolve(NAME))
                .contains("tensorflow-2.18.0        can be installed: espalier engine install");
        assertThat(engine("remove", NAME).out()).isEqualTo(NAME + " is removed\n");
        assertThat(packs).isEmptyDirectory();
    }

    @Test
    void takesAnyVersionOfThePackage() throws IOException {
        publish("9.9.9", "2.99.1");
        assertThat(engine("install", "tensorflow:9.9.9").out())
                .contains("tensorflow-2.99.1 is installed");
        assertThat(engine("install", "tensorflow:9.9.9").out())
                .contains("tensorflow-2.99.1 is there");
    }

    /// Of an engine of which nothing is known but its product and its table.
    @Test
    void putsAPackTogetherOfSeveralPackages() throws Exception {
        products = new Products(List.of(ABACUS));
        Release release = new Releases(products).find("abacus-1.2");
        assertThat(release.version()).isEqualTo("1.2.3");
        List<Artifact> parts = release.natives(MACHINE);
        publish(parts.getFirst(), "1.2.3", "libabacus.so", "libunused.so", "LICENSE");
        publish(parts.getLast(), "1.2.3", "librods.so.1", "LICENSE");

        assertThat(engine("install", "abacus").out()).contains("abacus-1.2.3 is installed");
        Path pack = packs.resolve("abacus-1.2.3");
        assertThat(pack).isDirectoryContaining("glob:**/LICENSE*");
        assertThat(pack.resolve("LICENSE.2")).exists();
        try (Stream<Path> files = Files.list(pack.resolve(MACHINE))) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("libabacus.so", "librods.so.1");
        }
        assertThat(pack.resolve("engine.properties"))
                .content()
                .contains(
                        "engine=abacus", "library.%s=%s/libabacus.so".formatted(MACHINE, MACHINE));
        assertThat(engine("install", "abacus:1").err())
                .contains("engine 'abacus:1' (expected: one of abacus-1.2.3)");
        assertThat(engine("wobble").err()).contains("such as abacus-1; installs beside");
    }

    @Test
    void installsWhatComesWithTheServerNotAgain() throws IOException {
        Path pack = Files.createDirectories(folder.resolve("home/engines/" + NAME));
        Files.writeString(pack.resolve("engine.properties"), "engine=tensorflow\nversion=2.16.2\n");
        assertThat(engine("install", NAME).out()).isEqualTo(NAME + " is there: " + pack + "\n");
        assertThat(engine("list").out()).contains(NAME + "        came with the server");
        assertFails(engine("remove", NAME), NAME + " came with the server: " + pack);
    }

    @Test
    void saysWhatTheRegistryDoesNotHaveAndAsksAgainNextTime() throws IOException {
        Files.createDirectories(registry);
        assertFails(
                engine("install", NAME),
                "org.tensorflow:tensorflow-core-native:jar:",
                ":1.0.0 cannot be had from ours (see Maven's settings.xml): ");
        publish("1.0.0", "2.16.2");
        assertThat(engine("install", NAME).out()).contains(NAME + " is installed");
    }

    @Test
    void takesNothingThatIsDamaged() throws IOException {
        Path file = publish("1.0.0", "2.16.2");
        Files.writeString(checksum(file), sha1(new byte[0]));
        assertFails(engine("install", NAME), "Checksum validation failed");
        Files.delete(checksum(file));
        assertFails(engine("install", NAME), "no checksums available");
    }

    @Test
    void leavesNothingOfALibraryThatCannotBeUsed() throws IOException {
        publish("1.0.0", "2.11.0");
        assertFails(engine("install", NAME), "has TensorFlow 2.11.0 (expected: 2.16.2)");
        assertFails(
                engine(Natives::inProcess, "install", NAME),
                "libtensorflow_cc.so.2 cannot be loaded on this machine: ");
    }

    @Test
    void clearsUpAfterAnInstallationThatWasKilled() throws Exception {
        Process killed = new ProcessBuilder("true").start();
        killed.waitFor();
        Files.createDirectories(packs.resolve(".unfinished-" + killed.pid() + "-1/amd64"));
        assertThat(engine("list").out()).doesNotContain("unfinished");
        publish("1.0.0", "2.16.2");
        engine("install", NAME);
        assertThat(packs).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void removesNoPackThatAServerUses() throws Exception {
        publish("1.0.0", "2.16.2");
        engine("install", NAME);
        Path lock = packs.resolve(NAME).resolve("lock");
        Process server =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LockHolder.class.getName(),
                                lock.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        assertThat(server.inputReader(UTF_8).readLine()).isEqualTo("locked");
        Ended refused = engine("remove", NAME);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains(NAME + " is in use by a server; unload the models");
        assertThat(lock).exists();
        server.getOutputStream().close();
        server.waitFor();
        assertThat(engine("remove", NAME).out()).isEqualTo(NAME + " is removed\n");
    }

    @Test
    void saysWhatIsInstalledWhereAnotherIsToBeRemoved() {
        assertFails(
                engine("remove", NAME),
                "engine '%s' is not installed (installed in %s: none)".formatted(NAME, packs));
    }

    @Test
    void saysWhatIsWrongWithTheSettings() throws IOException {
        Path settings = folder.resolve("settings.xml");
        Files.writeString(settings, "<settings><mirrors>");
        assertFails(engine("install", NAME), "Maven's settings cannot be used: ", "settings.xml");
        Files.delete(settings);
        assertFails(
                engine("install", NAME),
                "--settings: '%s' (expected: a file that can be read)".formatted(settings));
    }

    @Test
    void saysWhereNothingCanBeWritten() throws IOException {
        publish("1.0.0", "2.16.2");
        packs = Files.writeString(folder.resolve("file"), "").resolve("packs");
        Ended ended = engine("install", NAME);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains(packs + " cannot be written (see --engine-directory)");
    }

    @Test
    void explainsItselfToThoseWhoAskWrongly() {
        Ended ended = engine("wobble");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err())
                .startsWith(
                        "usage: espalier engine install <engine>   such as tensorflow-2.16.2 or tensorrt-10.6 or pytorch-2.13.0; installs beside");
    }

    /// Locks a pack as a server does, until its input ends.
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] arguments) throws IOException {
            try (FileChannel channel =
                    FileChannel.open(Path.of(arguments[0]), StandardOpenOption.READ)) {
                channel.lock(0, Long.MAX_VALUE, true);
                System.out.println("locked");
                System.in.read();
            }
        }
    }
}
