package dev.espalier.server.config;

import dev.espalier.server.config.FlagType.Choice;
import dev.espalier.server.config.FlagType.Text;
import dev.espalier.server.config.FlagType.Whole;
import java.util.List;

/// The options of the model repository.
@SuppressWarnings("ImmutableEnumChecker") // the lists are copies, the types records of them
enum RepositoryFlag implements Flag {
    MODEL_REPOSITORY(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "model-repository",
                    new Text("<folder>"),
                    "",
                    "A folder of models; may be given several times.",
                    "model-store")),
    EXIT_ON_ERROR(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "exit-on-error",
                    "false",
                    "Stop when a model cannot be loaded. Triton's default is true; here the others serve.")),
    STRICT_READINESS(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "strict-readiness",
                    "false",
                    "Ready only while no model is unavailable, as with Triton. Without it that is so where"
                            + " --exit-on-error is true.")),
    MODEL_CONFIG_NAME(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "model-config-name",
                    new Text("<name>"),
                    "The configuration of models that have a file configs/<name>.pbtxt; the others keep their"
                            + " config.pbtxt.")),
    MODEL_CONTROL_MODE(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "model-control-mode",
                    new Choice(List.of("none", "poll", "explicit")),
                    "none",
                    "How models come and go: all of them at the start, by looking at the folders, or on"
                            + " request.")),
    REPOSITORY_POLL(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "repository-poll-secs",
                    new Whole(0, 1_000_000),
                    "15",
                    "Seconds between two looks at the repositories; 0 for none. Mode poll only.")),
    LOAD_MODEL(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "load-model",
                    new Text("<name>"),
                    "A model to load at the start, or '*'; may be given several times. Mode explicit"
                            + " only.")),
    ALLOW_OP_UPLOAD(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "allow-op-upload",
                    "true",
                    "Take op libraries that come with a request to load a model.")),
    DISABLE_AUTO_COMPLETE(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "disable-auto-complete-config",
                    "false",
                    "Take config.pbtxt as it stands, instead of completing it from the model file.")),
    STRICT_MODEL_CONFIG(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "strict-model-config",
                    "false",
                    "Older name of --disable-auto-complete-config.")),
    MODEL_LOAD_THREAD_COUNT(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "model-load-thread-count",
                    new Whole(1, 1024),
                    "4",
                    "Models that load at the same time.")),
    MODEL_LOAD_RETRY_COUNT(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "model-load-retry-count",
                    new Whole(0, 1000),
                    "0",
                    "Further attempts to load a model that failed.")),
    MODEL_LOAD_TIMEOUT(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "model-load-timeout-secs",
                    new Whole(0, 86_400),
                    "600",
                    "How long a worker may take to load a model before it is ended and the model is"
                            + " unavailable; 0: any time.")),
    MODEL_NAMESPACING(
            FlagRow.of(
                    FlagGroup.REPOSITORY,
                    "model-namespacing",
                    "false",
                    "One name in several repositories. This version knows 'false': names are unique."));

    private final FlagRow row;

    RepositoryFlag(FlagRow row) {
        this.row = row;
    }

    @Override
    public FlagRow row() {
        return row;
    }
}
