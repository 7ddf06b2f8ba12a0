package dev.espalier.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The rules of ARCHITECTURE.md that the compiler cannot keep.
@Timeout(120)
final class ArchitectureTest {
    private static final String SERVER = "dev.espalier.server";
    private static final int MOST_LINES = 500;
    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages(SERVER);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching(SERVER + ".(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void onlyTheRootWiresTheProtocols() {
        noClasses()
                .that()
                .resideInAnyPackage(SERVER + ".*..")
                .and()
                .resideOutsideOfPackages(SERVER + ".http..", SERVER + ".grpc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SERVER + ".http..", SERVER + ".grpc..")
                .check(classes);
    }

    @Test
    void protocolsOnlyTranslate() {
        noClasses()
                .that()
                .resideInAnyPackage(SERVER + ".http..", SERVER + ".grpc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        SERVER + ".scheduling..",
                        SERVER + ".execution..",
                        SERVER + ".workers..",
                        "dev.espalier.link..")
                .check(classes);
    }

    @Test
    void onlyWorkersStartProcesses() {
        noClasses()
                .that()
                .resideOutsideOfPackage(SERVER + ".workers..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.lang\\.Process(Builder)?")
                .check(classes);
    }

    @Test
    void onlyConfigReadsTheEnvironment() {
        noClasses()
                .that()
                .resideOutsideOfPackage(SERVER + ".config..")
                .and()
                .doNotHaveFullyQualifiedName(SERVER + ".Main")
                .and()
                .doNotHaveFullyQualifiedName(SERVER + ".OpsMain")
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .check(classes);
    }

    @Test
    void nothingIsCalledUtil() {
        noClasses().should().haveNameMatching(".*(Utils?|Helpers?|Manager|Impl)").check(classes);
    }

    @Test
    void sourceFilesStayShort() throws IOException {
        Path root = Path.of(System.getProperty("espalier.root", ".."));
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> long_ =
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> !file.toString().contains("/target/"))
                            .filter(ArchitectureTest::isTooLong)
                            .toList();
            assertThat(long_).as("files of more than %d lines", MOST_LINES).isEmpty();
        }
    }

    private static boolean isTooLong(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count() > MOST_LINES;
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
