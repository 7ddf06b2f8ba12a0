package dev.espalier.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The rules of ARCHITECTURE.md that the compiler cannot keep.
@Timeout(120)
final class ArchitectureTest {
    private static final String SERVER = "dev.espalier.server";

    /// They start and end the server ([ListeningSocket], [GrpcServer], [LinkedLoops], [LinkedLoop]), or wait for the
    /// loops on a worker's thread ([LinkedWorker]) or one of their own ([LoopWatch]).
    private static final Set<String> MAY_WAIT =
            Set.of(
                    "ListeningSocket",
                    "GrpcServer",
                    "LinkedLoops",
                    "LinkedLoop",
                    "LinkedWorker",
                    "LoopWatch");

    private static final Set<String> FILES =
            Set.of(
                    "java.nio.file.Files",
                    "java.nio.channels.FileChannel",
                    "java.io.FileInputStream",
                    "java.io.FileOutputStream",
                    "java.io.RandomAccessFile",
                    "java.lang.Process",
                    "java.lang.ProcessBuilder");

    private static final Set<String> WAITING =
            Set.of(
                    "sleep",
                    "join",
                    "wait",
                    "await",
                    "awaitUninterruptibly",
                    "awaitTermination",
                    "sync",
                    "syncUninterruptibly",
                    "acquire",
                    "acquireUninterruptibly",
                    "get",
                    "take");

    /// Whose methods of these names wait.
    private static final List<String> LIBRARIES =
            List.of(
                    "java.lang.Thread",
                    "java.lang.Object",
                    "java.util.concurrent.Future",
                    "java.util.concurrent.CompletableFuture",
                    "java.util.concurrent.CountDownLatch",
                    "java.util.concurrent.CyclicBarrier",
                    "java.util.concurrent.Semaphore",
                    "java.util.concurrent.BlockingQueue",
                    "java.util.concurrent.LinkedBlockingQueue",
                    "java.util.concurrent.ExecutorService",
                    "java.util.concurrent.locks.Condition",
                    "io.netty.util.concurrent.Future",
                    "io.netty.channel.ChannelFuture",
                    "io.grpc.Server");

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        // Names are enough of what is not ours.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages(SERVER);
    }

    /// As far as can be told without following calls: classes whose code runs on a loop call nothing that waits or
    /// reads files, but for those that do so when the server starts or ends, or on another thread.
    @Test
    void whatRunsOnALoopNeitherWaitsNorReadsFiles() {
        noClasses()
                .that(
                        resideInAnyPackage(
                                SERVER + ".http..",
                                SERVER + ".grpc..",
                                SERVER + ".inference..",
                                SERVER + ".scheduling..",
                                SERVER + ".execution..",
                                SERVER + ".transport.."))
                .and(describe("may not wait", type -> !MAY_WAIT.contains(type.getSimpleName())))
                .should()
                .callMethodWhere(describe("waits or reads files", ArchitectureTest::waits))
                .check(classes);
    }

    private static boolean waits(JavaMethodCall call) {
        String owner = call.getTargetOwner().getName();
        String method = call.getName();
        return FILES.contains(owner)
                || WAITING.contains(method) && LIBRARIES.stream().anyMatch(owner::startsWith);
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

    /// So that a new engine is a folder and a line in the root's list.
    @Test
    void onlyTheRootSeesTheEngines() {
        noClasses()
                .that()
                .resideInAPackage(SERVER + ".*..")
                .and()
                .resideOutsideOfPackage(SERVER + ".engines..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(SERVER + ".engines..")
                .check(classes);
        slices().matching(SERVER + ".engines.(*)..").should().notDependOnEachOther().check(classes);
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
    void roomsThatServeOthersSeeNone() {
        for (String room : List.of("failure", "metrics", "access", "health", "config", "formats")) {
            noClasses()
                    .that()
                    .resideInAPackage(SERVER + "." + room + "..")
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage(SERVER + "..")
                                    .and(resideOutsideOfPackages(SERVER + "." + room + "..")))
                    .check(classes);
        }
    }

    @Test
    void aRequestsPathKnowsNoFilesAndNoProcesses() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        SERVER + ".inference..", SERVER + ".scheduling..", SERVER + ".execution..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        SERVER + ".repository..",
                        SERVER + ".ops..",
                        SERVER + ".formats..",
                        SERVER + ".engines..",
                        SERVER + ".workers..",
                        "java.nio.file..")
                .check(classes);
    }

    @Test
    void eachProtocolKeepsItsTypes() {
        onlyIn("io.netty.handler.codec.http..", ".http..");
        onlyIn("io.netty.handler.codec.http2..", ".grpc..");
        onlyIn("io.grpc..", ".grpc..");
        // A model's configuration is a protobuf message, and comes as text or JSON.
        onlyIn("com.google.protobuf..", ".grpc..", ".repository..");
        onlyIn("com.fasterxml.jackson..", ".http..", ".repository..");
        onlyIn("io.opentelemetry..", ".tracing");
    }

    private static void onlyIn(String packages, String... rooms) {
        String[] places = Stream.of(rooms).map(room -> SERVER + room).toArray(String[]::new);
        noClasses()
                .that()
                .resideOutsideOfPackages(places)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(packages)
                .check(classes);
    }

    @Test
    void nativeMemoryStaysOnARequestsPath() {
        onlyIn(
                "java.lang.foreign..",
                ".execution..",
                ".inference..",
                ".grpc..",
                ".scheduling..",
                // A driver's library, which is asked for metrics.
                ".engines");
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("sun.misc.Unsafe")
                .check(classes);
    }

    @Test
    void noThreadWaitsOnARequestsPath() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        SERVER + ".http..",
                        SERVER + ".grpc..",
                        SERVER + ".inference..",
                        SERVER + ".scheduling..",
                        SERVER + ".execution..")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .check(classes);
    }

    @Test
    void onlyProgramsWriteToTheConsole() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(SERVER + ".Main")
                .and()
                .doNotHaveFullyQualifiedName(SERVER + ".OpsMain")
                .and()
                .doNotHaveFullyQualifiedName(SERVER + ".PreloadMain")
                .should()
                .accessField(System.class, "err")
                .orShould()
                .accessField(System.class, "out")
                .check(classes);
    }

    @Test
    void nothingGlobalChanges() {
        fields().that().areStatic().should().beFinal().check(classes);
    }

    @Test
    void recordsNeverChange() {
        noMethods()
                .that()
                .areDeclaredInClassesThat()
                .areRecords()
                .should()
                .haveNameMatching("set[A-Z].*")
                .check(classes);
    }

    @Test
    void theLinkSeesTensorsOnly() {
        JavaClasses shared =
                new ClassFileImporter().importPackages("dev.espalier.link", "dev.espalier.tensor");
        classes()
                .that()
                .resideInAPackage("dev.espalier.tensor..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.espalier.tensor..", "java..", "org.jspecify..")
                .check(shared);
        classes()
                .that()
                .resideInAPackage("dev.espalier.link..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.espalier.link..", "dev.espalier.tensor..", "java..", "org.jspecify..")
                .check(shared);
    }

    @Test
    void nothingIsCalledUtil() {
        noClasses().should().haveNameMatching(".*(Utils?|Helpers?|Manager|Impl)").check(classes);
    }
}
