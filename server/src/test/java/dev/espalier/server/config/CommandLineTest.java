package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.LinkKind;
import dev.espalier.server.EngineList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class CommandLineTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("HOME", "/home/ada", "ESPALIER_HOME", "/opt/espalier");

    @TempDir private Path folder;
    private String repository = "";

    @BeforeEach
    void giveARepository() {
        repository = "--model-repository=" + folder;
    }

    private static CommandLine.Result parse(String... arguments) {
        return CommandLine.parse(arguments, ENVIRONMENT, EngineList.ALL.known());
    }

    private static ServerOptions options(String... arguments) {
        return switch (parse(arguments)) {
            case CommandLine.Run(ServerOptions options) -> options;
            case CommandLine.ShowHelp _ -> throw new AssertionError("help");
            case CommandLine.Refused(String message) -> throw new AssertionError(message);
        };
    }

    private static String refusal(String... arguments) {
        return switch (parse(arguments)) {
            case CommandLine.Refused(String message) -> message;
            case CommandLine.Run _, CommandLine.ShowHelp _ -> throw new AssertionError("accepted");
        };
    }

    @Test
    void opensToWorkersWhatTheUserNames() throws Exception {
        Path libraries = Files.createDirectory(folder.resolve("libs"));
        Path data = Files.createFile(folder.resolve("data"));
        Map<String, String> environment =
                Map.of("HOME", "/home/ada", "LD_LIBRARY_PATH", libraries + "::/nowhere/lib");
        SandboxOptions sandbox =
                ((CommandLine.Run)
                                CommandLine.parse(
                                        new String[] {
                                            repository,
                                            "--worker-sandbox=on",
                                            "--worker-read=" + data,
                                            "--worker-write=" + libraries,
                                            "--worker-network",
                                            "--worker-user=1001:1002",
                                            "--worker-disk-mb=7",
                                            "--worker-address-space-mb=8"
                                        },
                                        environment,
                                        EngineList.ALL.known()))
                        .options()
                        .workers()
                        .sandbox();

        assertThat(sandbox)
                .isEqualTo(
                        new SandboxOptions(
                                SandboxOptions.Mode.ON,
                                List.of(),
                                List.of(Place.of(libraries), Place.of(data)),
                                List.of(Place.of(libraries)),
                                true,
                                new SandboxOptions.User(1001, 1002),
                                7 << 20,
                                8 << 20));
        assertThat(options(repository).workers().sandbox())
                .isEqualTo(new SandboxOptions(SandboxOptions.Mode.AUTO, List.of()));
    }

    @Test
    void refusesToOpenToWorkersWhatIsNotThere() {
        assertThat(refusal(repository, "--worker-read=/nowhere"))
                .contains("--worker-read")
                .contains("'/nowhere'");
        assertThat(refusal(repository, "--worker-write=/")).contains("not the root of all");
        assertThat(refusal(repository, "--worker-user=0:0")).contains("neither 0");
        assertThat(refusal(repository, "--worker-user=nobody")).contains("two numbers");
    }

    @Test
    void modelsThatFailCountForReadinessWhereTheOperatorWantsThat() {
        assertThat(options(repository).repository().strictReadiness()).isFalse();
        assertThat(options(repository, "--strict-readiness=true").repository().strictReadiness())
                .isTrue();
        assertThat(options(repository, "--exit-on-error=true").repository().strictReadiness())
                .isTrue();
        assertThat(
                        options(repository, "--exit-on-error=true", "--strict-readiness=false")
                                .repository()
                                .strictReadiness())
                .isFalse();
    }

    @Test
    void hasTritonsDefaultsExceptWhereToldOtherwise() {
        ServerOptions options = options(repository);

        assertThat(options.repository())
                .isEqualTo(
                        new RepositoryOptions(
                                List.of(folder.toAbsolutePath()),
                                false,
                                false,
                                ControlMode.NONE,
                                Duration.ofSeconds(15),
                                List.of(),
                                true,
                                true,
                                "",
                                4,
                                0));
        assertThat(options.id()).isEqualTo("triton");
        assertThat(options.exitTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.http())
                .isEqualTo(
                        new HttpOptions(
                                true,
                                "0.0.0.0",
                                8000,
                                false,
                                8,
                                67_108_864,
                                TlsOptions.NONE,
                                HttpLimits.DEFAULT));
        assertThat(options.grpc())
                .isEqualTo(
                        new GrpcOptions(
                                true,
                                "0.0.0.0",
                                8001,
                                false,
                                TlsOptions.NONE,
                                "none",
                                new GrpcOptions.Keepalive(
                                        Duration.ofHours(2),
                                        Duration.ofSeconds(20),
                                        false,
                                        Duration.ofMinutes(5),
                                        2)));
        assertThat(options.metrics())
                .isEqualTo(
                        new MetricsOptions(
                                true, "0.0.0.0", 8002, true, true, Duration.ofSeconds(2)));
        assertThat(options.logging())
                .isEqualTo(
                        new LoggingOptions(0, true, true, true, LoggingOptions.Format.DEFAULT, ""));
        assertThat(options.backends()).isEqualTo(new BackendOptions(4, Map.of()));
        assertThat(options.security())
                .isEqualTo(
                        new SecurityOptions("", false, ApiRestrictions.NONE, ApiRestrictions.NONE));
        assertThat(options.notices()).isEmpty();
    }

    @Test
    void takesOpLibrariesForAllModels() throws IOException {
        Path library = Files.createFile(folder.resolve("libx.so"));
        OpOptions ops =
                options(repository, "--op-library=" + library, "--op-library=onnxruntime:" + folder)
                        .ops();
        assertThat(ops.libraries("onnxruntime")).containsExactly(library, folder);
        assertThat(ops.libraries("another")).containsExactly(library);
        assertThat(ops.shelf(Path.of("/r"))).isEqualTo(Path.of("/r/.ops"));
        assertThat(options(repository, "--op-shelf=" + folder).ops().shelf(Path.of("/r")))
                .isEqualTo(folder);
    }

    @Test
    void refusesOpLibrariesThatAreNotThere() {
        assertThat(refusal(repository, "--op-library=unknown:/nowhere"))
                .isEqualTo(
                        "--op-library: 'unknown:/nowhere' (expected: a file or folder that exists,"
                                + " which may follow an engine's name and a colon: onnxruntime,"
                                + " tensorflow, pytorch, tensorrt, java)");
        assertThat(refusal(repository, "--op-shelf=/nowhere"))
                .isEqualTo("--op-shelf: '/nowhere' (expected: a folder that exists)");
        assertThat(refusal(repository, "--op-allow=/nowhere"))
                .isEqualTo("--op-allow: '/nowhere' (expected: a file that exists and can be read)");
    }

    @Test
    void findsItsPlacesThroughTheEnvironment() {
        WorkerOptions workers = options(repository).workers();

        assertThat(workers.home()).hasToString("/opt/espalier");
        assertThat(workers.distributedEngines()).hasToString("/opt/espalier/engines");
        assertThat(workers.installedEngines())
                .hasToString("/home/ada/.local/share/espalier/engines");
        assertThat(workers.stateDirectory()).hasToString("/home/ada/.local/state/espalier");
        assertThat(workers.requestMemoryBytes()).isGreaterThan(1 << 20);
        assertThat(workers.javaOptions()).isEmpty();
    }

    @Test
    void takesPlacesFromTheCommandLine() {
        WorkerOptions workers =
                options(
                                repository,
                                "--state-directory=/s",
                                "--engine-directory=/e/../f",
                                "--request-memory-mb=64",
                                "--worker-java-options=-Xmx64m  -Xss1m")
                        .workers();

        assertThat(workers.stateDirectory()).hasToString("/s");
        assertThat(workers.distributedEngines()).hasToString("/opt/espalier/engines");
        assertThat(workers.installedEngines()).hasToString("/f");
        assertThat(workers.requestMemoryBytes()).isEqualTo(64L << 20);
        assertThat(workers.javaOptions()).containsExactly("-Xmx64m", "-Xss1m");
    }

    @Test
    void takesTheBestLinkUnlessItIsToldOtherwise() {
        assertThat(options(repository).workers().link()).isEqualTo(LinkKind.ofThisMachine());
        assertThat(options(repository, "--worker-link=auto").workers().link())
                .isEqualTo(LinkKind.ofThisMachine());
        assertThat(options(repository, "--worker-link=portable").workers().link())
                .isEqualTo(LinkKind.PORTABLE);
    }

    @Test
    void readsBothWaysOfWritingAValue() {
        assertThat(options(repository, "--http-port=81").http().port()).isEqualTo(81);
        assertThat(options(repository, "--http-port", "82").http().port()).isEqualTo(82);
        assertThat(options("--model-store", folder.toString()).repository().folders())
                .containsExactly(folder);
        assertThat(options(repository, "--id=a=b").id()).isEqualTo("a=b");
    }

    @ParameterizedTest
    @CsvSource({
        "true,true",
        "on,true",
        "1,true",
        "TRUE,true",
        "false,false",
        "off,false",
        "0,false"
    })
    void readsBooleans(String word, boolean meaning) {
        assertThat(options(repository, "--exit-on-error=" + word).repository().exitOnError())
                .isEqualTo(meaning);
        assertThat(options(repository, "--exit-on-error", word).repository().exitOnError())
                .isEqualTo(meaning);
    }

    @Test
    void takesABareSwitchAsOn() {
        ServerOptions options =
                options("--disable-auto-complete-config", "--exit-on-error", repository);

        assertThat(options.repository().autoComplete()).isFalse();
        assertThat(options.repository().exitOnError()).isTrue();
        assertThat(options(repository, "--strict-model-config=1").repository().autoComplete())
                .isFalse();
    }

    @Test
    void collectsWhatMayBeRepeatedAndTakesTheLastOfTheRest() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));

        ServerOptions options =
                options(
                        repository,
                        "--model-repository=" + other,
                        "--model-repository=" + other,
                        "--http-port=1",
                        "--http-port=2");

        assertThat(options.repository().folders()).containsExactly(folder, other);
        assertThat(options.http().port()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "--model-repositry=/m, --model-repository",
        "--http_port=1, --http-port",
        "--grcp-port=1, --grpc-port",
        "--modelstore=/m, --model-store",
    })
    void suggestsTheNearestNameForAnUnknownOption(String argument, String suggestion) {
        assertThat(refusal(repository, argument))
                .startsWith("unknown option: --")
                .contains("(did you mean " + suggestion + "?)");
    }

    @Test
    void suggestsNothingWhereNothingIsNear() {
        assertThat(refusal(repository, "--wobble=1"))
                .isEqualTo("unknown option: --wobble; trtserver --help lists them all");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--http-port=x|--http-port: 'x' (expected: a whole number, 0..65535)",
                "--http-port=70000|--http-port: '70000' (expected: a whole number, 0..65535)",
                "--http-max-input-size=0|--http-max-input-size: '0' (expected: a whole number, 1 or"
                        + " more)",
                "--allow-http=perhaps|--allow-http: 'perhaps' (expected: true, on, 1, false, off or"
                        + " 0)",
                "--log-format=xml|--log-format: 'xml' (expected: default or ISO8601)",
                "--id=|--id: '' (expected: <name>)",
                "--http-port|--http-port needs a value: --http-port=<value>",
                "models|unexpected argument: 'models' (expected: --name=value)",
                "--|unexpected argument: '--' (expected: --name=value)",
            })
    void saysWhatIsWrongWithAValueAndWhatWasExpected(String argument, String message) {
        assertThat(refusal(repository, argument)).isEqualTo(message);
    }

    @Test
    void needsARepositoryThatExists() {
        assertThat(refusal()).startsWith("no model repository given");
        assertThat(refusal("--model-repository=/no/such/folder"))
                .isEqualTo(
                        "--model-repository: '/no/such/folder' (expected: a folder that exists)");
        assertThat(refusal("--model-repository=s3://bucket/models"))
                .contains("'s3://bucket/models'")
                .contains("a folder of this machine");
    }

    @Test
    void knowsTheControlModes() {
        assertThat(options(repository).repository().control()).isEqualTo(ControlMode.NONE);
        RepositoryOptions polled =
                options(repository, "--model-control-mode=poll", "--repository-poll-secs=2")
                        .repository();
        assertThat(polled.control()).isEqualTo(ControlMode.POLL);
        assertThat(polled.pollPause()).isEqualTo(Duration.ofSeconds(2));
        RepositoryOptions explicit =
                options(
                                repository,
                                "--model-control-mode=explicit",
                                "--load-model=a",
                                "--load-model=b",
                                "--allow-op-upload=false")
                        .repository();
        assertThat(explicit.control()).isEqualTo(ControlMode.EXPLICIT);
        assertThat(explicit.startupModels()).containsExactly("a", "b");
        assertThat(explicit.opUpload()).isFalse();
    }

    @Test
    void loadsNamedModelsOnlyWhereRequestsControlThem() {
        assertThat(refusal(repository, "--load-model=a"))
                .startsWith("--load-model needs --model-control-mode=explicit");
        assertThat(
                        refusal(
                                repository,
                                "--model-control-mode=explicit",
                                "--load-model=*",
                                "--load-model=a"))
                .isEqualTo(
                        "--load-model: '*' (expected: '*' for all models and nothing else, or the"
                                + " models' names)");
    }

    @Test
    void saysThatAPauseHasNoEffectWithoutPolling() {
        assertThat(options(repository, "--repository-poll-secs=5").notices())
                .contains("--repository-poll-secs has no effect without --model-control-mode=poll");
    }

    @Test
    void refusesWhatItCouldOnlyPretendToDo() {
        assertThat(refusal(repository, "--model-namespacing=true"))
                .startsWith("--model-namespacing: ");
    }

    @Test
    void tellsOptionsWithoutEffectInOneLineEach() {
        ServerOptions options =
                options(
                        repository,
                        "--pinned-memory-pool-byte-size=1",
                        "--cuda-memory-pool-byte-size",
                        "0:0",
                        "--http-server-cert=" + folder);

        assertThat(options.notices())
                .containsExactly(
                        "--pinned-memory-pool-byte-size has no effect: this version does not"
                                + " manage memory of GPUs",
                        "--cuda-memory-pool-byte-size has no effect: this version does not"
                                + " manage memory of GPUs",
                        "--http-server-cert has no effect without --http-use-ssl");
    }

    @Test
    void takesTheOptionsThatOnlyTheFirstServersOfThisKindHad() {
        ServerOptions options =
                options(
                        "--model-store=" + folder,
                        "--tf-allow-soft-placement=true",
                        "--tf-gpu-memory-fraction=0.5",
                        "--tf-add-vgpu",
                        "0;2;4096",
                        "--http-health-port=8080",
                        "--grpc-stream-infer-thread-count=4",
                        "--allow-poll-model-repository=false",
                        "--allow-model-control=true");

        assertThat(options.repository().folders()).containsExactly(folder.toAbsolutePath());
        assertThat(options.notices())
                .containsExactly(
                        "--tf-allow-soft-placement has no effect: this version runs such"
                                + " models on the CPU",
                        "--tf-gpu-memory-fraction has no effect: this version runs such"
                                + " models on the CPU",
                        "--tf-add-vgpu has no effect: this version runs such models on the CPU",
                        "--http-health-port has no effect: health is served on the HTTP port",
                        "--grpc-stream-infer-thread-count has no effect: a request stays on the"
                                + " event loop that reads it; see --http-thread-count",
                        "--allow-poll-model-repository has no effect: it is an older name; see"
                                + " --model-control-mode",
                        "--allow-model-control has no effect: it is an older name; see"
                                + " --model-control-mode");
    }

    @Test
    void refusesPortsThatCollide() {
        assertThat(refusal(repository, "--http-port=8001"))
                .isEqualTo(
                        "--grpc-port: 8001 is also --http-port"
                                + " (expected: a port of its own for each)");
        assertThat(refusal(repository, "--metrics-port=8001", "--metrics-address=127.0.0.1"))
                .startsWith("--metrics-port: 8001 is also --grpc-port");
    }

    @Test
    void readsMetricsWhereHttpListens() {
        assertThat(options(repository, "--http-address=127.0.0.1").metrics().address())
                .isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void showsHelpWhateverElseIsGiven(String help) {
        assertThat(parse("--wobble", help))
                .isInstanceOfSatisfying(
                        CommandLine.ShowHelp.class,
                        shown ->
                                assertThat(shown.text().lines())
                                        .contains(
                                                "  --http-port=<number>   (8000)",
                                                "  --model-repository=<folder>   also"
                                                        + " --model-store")
                                        .allMatch(line -> line.length() <= 100));
    }

    @ParameterizedTest
    @MethodSource("dev.espalier.server.config.Flag#all")
    void explainsEveryOptionAndAllowsItsDefault(Flag flag) throws Exception {
        assertThat(flag.row().help()).endsWith(".");
        assertThat(HelpText.write()).contains("  --" + flag.text() + "=");
        if (!flag.row().fallback().isEmpty()) {
            assertThat(flag.row().type().accept(flag.text(), flag.row().fallback()))
                    .isEqualTo(flag.row().fallback());
        }
    }
}
