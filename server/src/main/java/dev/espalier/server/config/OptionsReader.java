package dev.espalier.server.config;

import dev.espalier.link.LinkKind;
import dev.espalier.server.config.GrpcOptions.Keepalive;
import dev.espalier.server.config.OpOptions.ServerLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Turns the values of the command line into typed options, and checks what one row of the table
/// cannot: files, and options that belong together.
final class OptionsReader {
    private final FlagValues values;
    private final Map<String, String> environment;
    private final List<KnownEngine> engines;
    private final List<String> notices = new ArrayList<>();

    OptionsReader(FlagValues values, Map<String, String> environment, List<KnownEngine> engines) {
        this.values = values;
        this.environment = environment;
        this.engines = engines;
    }

    ServerOptions read(List<String> earlierNotices) throws UsageException {
        notices.addAll(earlierNotices);
        BackendOptions backends =
                new BackendSettings(values.all(ServerFlag.BACKEND_CONFIG), engines, notices).read();
        HttpOptions http = http();
        GrpcOptions grpc = grpc();
        MetricsOptions metrics = metrics();
        Ports ports = new Ports();
        ports.take(http.allowed(), "http", http.address(), http.port());
        ports.take(grpc.allowed(), "grpc", grpc.address(), grpc.port());
        ports.take(metrics.allowed(), "metrics", metrics.address(), metrics.port());
        return new ServerOptions(
                repository(),
                values.text(ServerFlag.ID),
                Duration.ofSeconds(values.number(ServerFlag.EXIT_TIMEOUT)),
                http,
                grpc,
                metrics,
                logging(),
                new TraceReader(values, notices).read(),
                backends,
                ops(backends),
                workers(),
                new SecurityOptions(
                        readableFile(ServerFlag.AUTH_TOKEN_FILE),
                        values.on(ServerFlag.ALLOW_CLIENT_SHM),
                        restrictions(HttpFlag.RESTRICTED_API, ""),
                        restrictions(GrpcFlag.RESTRICTED_PROTOCOL, "triton-grpc-protocol-")),
                notices);
    }

    private ApiRestrictions restrictions(Flag flag, String prefix) throws UsageException {
        return ApiRestrictions.read(flag, values.all(flag), prefix);
    }

    private GrantRules grants() throws UsageException {
        String file = readableFile(WorkerFlag.GRANTS);
        return file.isEmpty() ? GrantRules.NONE : GrantRules.read(Path.of(file));
    }

    private RepositoryOptions repository() throws UsageException {
        if (values.on(RepositoryFlag.MODEL_NAMESPACING)) {
            throw new UsageException(
                    "--model-namespacing: 'true' is not available (expected: false);"
                            + " give each model a name of its own");
        }
        boolean asWritten =
                values.on(RepositoryFlag.DISABLE_AUTO_COMPLETE)
                        || values.on(RepositoryFlag.STRICT_MODEL_CONFIG);
        ControlMode control =
                ControlMode.valueOf(
                        values.text(RepositoryFlag.MODEL_CONTROL_MODE).toUpperCase(Locale.ROOT));
        return new RepositoryOptions(
                repositoryFolders(),
                values.on(RepositoryFlag.EXIT_ON_ERROR),
                strictReadiness(),
                control,
                pollPause(control),
                startupModels(control),
                values.on(RepositoryFlag.ALLOW_OP_UPLOAD),
                !asWritten,
                configName(),
                values.integer(RepositoryFlag.MODEL_LOAD_THREAD_COUNT),
                values.integer(RepositoryFlag.MODEL_LOAD_RETRY_COUNT));
    }

    /// A model that fails keeps the server from being ready where its operator wants that: by saying so, or by wanting
    /// no server at all then.
    private boolean strictReadiness() {
        return values.on(
                values.has(RepositoryFlag.STRICT_READINESS)
                        ? RepositoryFlag.STRICT_READINESS
                        : RepositoryFlag.EXIT_ON_ERROR);
    }

    private String configName() throws UsageException {
        String name = values.text(RepositoryFlag.MODEL_CONFIG_NAME);
        if (name.contains("/") || name.startsWith(".")) {
            throw UsageException.bad(
                    RepositoryFlag.MODEL_CONFIG_NAME.text(),
                    name,
                    "the name of a file in configs/, without .pbtxt");
        }
        return name;
    }

    private Duration pollPause(ControlMode control) {
        if (values.has(RepositoryFlag.REPOSITORY_POLL) && control != ControlMode.POLL) {
            notices.add(
                    "--"
                            + RepositoryFlag.REPOSITORY_POLL.text()
                            + " has no effect without --model-control-mode=poll");
        }
        return Duration.ofSeconds(values.number(RepositoryFlag.REPOSITORY_POLL));
    }

    private List<String> startupModels(ControlMode control) throws UsageException {
        List<String> names = values.all(RepositoryFlag.LOAD_MODEL);
        if (!names.isEmpty() && control != ControlMode.EXPLICIT) {
            throw new UsageException(
                    "--load-model needs --model-control-mode=explicit; without it every model of"
                            + " the repository is loaded");
        }
        if (names.size() > 1 && names.contains(RepositoryOptions.ALL)) {
            throw UsageException.bad(
                    RepositoryFlag.LOAD_MODEL.text(),
                    RepositoryOptions.ALL,
                    "'*' for all models and nothing else, or the models' names");
        }
        return names;
    }

    private List<Path> repositoryFolders() throws UsageException {
        List<Path> folders = new ArrayList<>();
        String name = RepositoryFlag.MODEL_REPOSITORY.text();
        for (String value : values.all(RepositoryFlag.MODEL_REPOSITORY)) {
            if (value.contains("://")) {
                throw UsageException.bad(
                        name, value, "a folder of this machine; remote ones are not read");
            }
            Path folder = Path.of(value).toAbsolutePath().normalize();
            if (!Files.isDirectory(folder)) {
                throw UsageException.bad(name, value, "a folder that exists");
            }
            if (!folders.contains(folder)) {
                folders.add(folder);
            }
        }
        if (folders.isEmpty()) {
            throw new UsageException(
                    "no model repository given (expected: --model-repository=<folder>);"
                            + " trtserver --help lists all options");
        }
        return folders;
    }

    private HttpOptions http() throws UsageException {
        TlsOptions tls =
                tls(
                        HttpFlag.USE_SSL,
                        values.on(HttpFlag.USE_SSL),
                        HttpFlag.SERVER_CERT,
                        HttpFlag.SERVER_KEY,
                        "");
        return new HttpOptions(
                values.on(HttpFlag.ALLOW),
                values.text(HttpFlag.ADDRESS),
                values.integer(HttpFlag.PORT),
                values.on(HttpFlag.REUSE_PORT),
                values.integer(HttpFlag.THREAD_COUNT),
                values.number(HttpFlag.MAX_INPUT_SIZE),
                tls,
                new HttpLimits(
                        Duration.ofSeconds(values.number(HttpFlag.HEADER_TIMEOUT)),
                        Duration.ofSeconds(values.number(HttpFlag.BODY_TIMEOUT)),
                        Duration.ofSeconds(values.number(HttpFlag.ANSWER_TIMEOUT)),
                        Duration.ofSeconds(values.number(HttpFlag.IDLE_TIMEOUT)),
                        values.integer(HttpFlag.MAX_CONNECTIONS)));
    }

    private GrpcOptions grpc() throws UsageException {
        boolean mutual = values.on(GrpcFlag.USE_SSL_MUTUAL);
        String root = readableFile(GrpcFlag.ROOT_CERT);
        if (mutual && root.isEmpty()) {
            throw new UsageException(
                    "--grpc-use-ssl-mutual needs --grpc-root-cert=<file>,"
                            + " the certificates that clients must be signed by");
        }
        TlsOptions tls =
                tls(
                        GrpcFlag.USE_SSL,
                        values.on(GrpcFlag.USE_SSL) || mutual,
                        GrpcFlag.SERVER_CERT,
                        GrpcFlag.SERVER_KEY,
                        mutual ? root : "");
        Keepalive keepalive =
                new Keepalive(
                        Duration.ofMillis(values.number(GrpcFlag.KEEPALIVE_TIME)),
                        Duration.ofMillis(values.number(GrpcFlag.KEEPALIVE_TIMEOUT)),
                        values.on(GrpcFlag.KEEPALIVE_PERMIT),
                        Duration.ofMillis(values.number(GrpcFlag.MIN_PING_INTERVAL)),
                        values.integer(GrpcFlag.MAX_PING_STRIKES));
        return new GrpcOptions(
                values.on(GrpcFlag.ALLOW),
                values.text(GrpcFlag.ADDRESS),
                values.integer(GrpcFlag.PORT),
                values.on(GrpcFlag.REUSE_PORT),
                tls,
                values.text(GrpcFlag.COMPRESSION),
                keepalive,
                new GrpcLimits(
                        Duration.ofSeconds(values.number(GrpcFlag.HANDSHAKE_TIMEOUT)),
                        Duration.ofSeconds(values.number(GrpcFlag.BODY_TIMEOUT)),
                        Duration.ofSeconds(values.number(GrpcFlag.ANSWER_TIMEOUT)),
                        Duration.ofSeconds(values.number(GrpcFlag.IDLE_TIMEOUT)),
                        values.integer(GrpcFlag.MAX_CONNECTIONS),
                        values.integer(GrpcFlag.MAX_STREAMS),
                        values.integer(GrpcFlag.MAX_STREAM_REQUESTS),
                        Duration.ofMillis(values.number(GrpcFlag.MAX_CONNECTION_AGE)),
                        Duration.ofMillis(values.number(GrpcFlag.MAX_CONNECTION_AGE_GRACE))));
    }

    private TlsOptions tls(Flag use, boolean used, Flag certificate, Flag key, String clientRoot)
            throws UsageException {
        if (!used) {
            for (Flag flag : List.of(certificate, key)) {
                if (values.has(flag)) {
                    notices.add("--" + flag.text() + " has no effect without --" + use.text());
                }
            }
            return TlsOptions.NONE;
        }
        for (Flag flag : List.of(certificate, key)) {
            if (!values.has(flag)) {
                throw new UsageException("--" + use.text() + " needs --" + flag.text() + "=<file>");
            }
        }
        return new TlsOptions(true, readableFile(certificate), readableFile(key), clientRoot);
    }

    private MetricsOptions metrics() throws UsageException {
        String address = values.text(ServerFlag.METRICS_ADDRESS);
        return new MetricsOptions(
                values.on(ServerFlag.ALLOW_METRICS),
                address.isEmpty() ? values.text(HttpFlag.ADDRESS) : address,
                values.integer(ServerFlag.METRICS_PORT),
                values.on(ServerFlag.ALLOW_CPU_METRICS),
                values.on(ServerFlag.ALLOW_GPU_METRICS),
                Duration.ofMillis(values.number(ServerFlag.METRICS_INTERVAL)),
                LatencyReader.read(
                        values.all(ServerFlag.METRICS_CONFIG),
                        values.on(ServerFlag.ALLOW_METRICS),
                        notices));
    }

    private LoggingOptions logging() {
        return new LoggingOptions(
                values.integer(ServerFlag.LOG_VERBOSE),
                values.on(ServerFlag.LOG_INFO),
                values.on(ServerFlag.LOG_WARNING),
                values.on(ServerFlag.LOG_ERROR),
                values.text(ServerFlag.LOG_FORMAT).equals("ISO8601")
                        ? LoggingOptions.Format.ISO8601
                        : LoggingOptions.Format.DEFAULT,
                values.text(ServerFlag.LOG_FILE));
    }

    private OpOptions ops(BackendOptions backends) throws UsageException {
        String shelf = values.text(ServerFlag.OP_SHELF);
        Path folder = shelf.isEmpty() ? null : Path.of(shelf).toAbsolutePath().normalize();
        if (folder != null && !Files.isDirectory(folder)) {
            throw UsageException.bad(ServerFlag.OP_SHELF.text(), shelf, "a folder that exists");
        }
        Places places = new Places(environment);
        List<ServerLibrary> libraries = new ArrayList<>(places.builtInLibraries());
        for (String value : values.all(ServerFlag.OP_LIBRARY)) {
            libraries.add(serverLibrary(value));
        }
        for (KnownEngine engine : engines) {
            Map<String, String> settings =
                    backends.settings().getOrDefault(engine.name(), Map.of());
            for (String setting : engine.librarySettings()) {
                String list = settings.getOrDefault(setting, "");
                for (String value : list.isEmpty() ? new String[0] : list.split(";", -1)) {
                    libraries.add(serverLibrary(engine.name() + ":" + value));
                }
            }
        }
        return new OpOptions(
                folder,
                libraries,
                readableFile(ServerFlag.OP_ALLOW),
                environment.getOrDefault("LD_LIBRARY_PATH", ""),
                places.preload());
    }

    private ServerLibrary serverLibrary(String value) throws UsageException {
        String engine = "";
        String place = value;
        for (KnownEngine known : engines) {
            if (value.startsWith(known.name() + ":")) {
                engine = known.name();
                place = value.substring(known.name().length() + 1);
            }
        }
        Path path = Path.of(place).toAbsolutePath().normalize();
        if (!Files.exists(path)) {
            throw UsageException.bad(
                    ServerFlag.OP_LIBRARY.text(),
                    value,
                    "a file or folder that exists, which may follow an engine's name and a colon: "
                            + engines.stream()
                                    .map(KnownEngine::name)
                                    .collect(Collectors.joining(", ")));
        }
        return new ServerLibrary(engine, path);
    }

    private WorkerOptions workers() throws UsageException {
        Places places = new Places(environment);
        long machine = new MachineMemory(Path.of("/")).bytes();
        long memory =
                values.has(WorkerFlag.REQUEST_MEMORY)
                        ? values.number(WorkerFlag.REQUEST_MEMORY) << 20
                        : machine / 4;
        return new WorkerOptions(
                memory,
                new UnreadLimit(
                        values.integer(WorkerFlag.UNREAD_ANSWERS),
                        values.number(WorkerFlag.UNREAD_MEMORY) << 20),
                places.home(),
                places.stateDirectory(values.text(WorkerFlag.STATE_DIRECTORY)),
                places.home().resolve("engines"),
                places.installedEngines(values.text(WorkerFlag.ENGINE_DIRECTORY)),
                places.workerAotCache(),
                words(values.all(WorkerFlag.JAVA_OPTIONS)),
                values.text(WorkerFlag.LINK).equals("portable")
                        ? LinkKind.PORTABLE
                        : LinkKind.ofThisMachine(),
                new SandboxReader(values, environment).read(),
                grants(),
                new SupervisionOptions(
                        values.number(WorkerFlag.EXECUTION_TIMEOUT),
                        values.has(WorkerFlag.MEMORY)
                                ? values.number(WorkerFlag.MEMORY) << 20
                                : machine / 4 * 3,
                        values.integer(WorkerFlag.QUARANTINE_AFTER),
                        Duration.ofSeconds(values.number(WorkerFlag.QUARANTINE_WINDOW)),
                        Duration.ofSeconds(values.number(RepositoryFlag.MODEL_LOAD_TIMEOUT)),
                        values.on(WorkerFlag.STANDBY)),
                places.oneWorkerForAll());
    }

    private static List<String> words(List<String> texts) {
        List<String> words = new ArrayList<>();
        for (String text : texts) {
            for (String word : text.strip().split("\\s+", -1)) {
                words.add(word);
            }
        }
        return words;
    }

    private String readableFile(Flag flag) throws UsageException {
        String value = values.text(flag);
        if (!value.isEmpty() && !Files.isReadable(Path.of(value))) {
            throw UsageException.bad(flag.text(), value, "a file that exists and can be read");
        }
        return value;
    }
}
