package dev.espalier.server.ops;

import java.time.Duration;

/// What is wrong with a library, seen by opening it in a process of its own.
public sealed interface ProbeFault extends Fault {
    /// How far the look had come.
    enum Phase {
        OPENING("while it was opened, in a static initialiser"),
        REGISTERING("while it was asked for its ops, in its entry point");

        private final String text;

        Phase(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /// The probe itself did not come up, which says nothing of the library.
    ///
    /// @param how such as `exited with 1`
    /// @param lastWords what it printed last; empty for nothing
    record NotProbed(String how, String lastWords) implements ProbeFault {
        @Override
        public String text() {
            return "cannot be looked into: the probe " + how + said(lastWords);
        }

        @Override
        public boolean lasting() {
            return false;
        }
    }

    /// The loader refused it, in the loader's words.
    record NotOpened(String reason) implements ProbeFault {
        @Override
        public String text() {
            return "cannot be opened: " + reason;
        }

        @Override
        public boolean lasting() {
            return false;
        }
    }

    /// The library itself refused, in its own words.
    record Refused(String reason) implements ProbeFault {
        @Override
        public String text() {
            return "refuses to be used: " + reason;
        }

        @Override
        public boolean lasting() {
            return true;
        }
    }

    record NoOps() implements ProbeFault {
        @Override
        public String text() {
            return "is no op library: it can be opened, and provides no ops";
        }

        @Override
        public boolean lasting() {
            return true;
        }
    }

    /// @param how such as `was ended by SIGSEGV`
    /// @param lastWords what it printed last; empty for nothing
    record Died(String how, Phase phase, String lastWords) implements ProbeFault {
        @Override
        public String text() {
            return "ends every process that loads it: a probe %s %s%s; see what the library does there"
                    .formatted(how, phase.text(), said(lastWords));
        }

        /// A process that is killed may have been in the way of others.
        @Override
        public boolean lasting() {
            return !how.contains("SIGKILL") && !how.contains("SIGTERM");
        }
    }

    record Hung(Duration limit, Phase phase) implements ProbeFault {
        @Override
        public String text() {
            return "hangs: after %d s nothing had happened %s; see what the library waits for"
                    .formatted(limit.toSeconds(), phase.text());
        }

        @Override
        public boolean lasting() {
            return false;
        }
    }

    /// @param engine name and version of the engine that it was tried with
    record NewerApi(int asked, int newest, String engine) implements ProbeFault {
        @Override
        public String text() {
            return "is made for a newer engine: it asks for API %d, and %s has %d at most; build it with older headers, or install a newer engine"
                    .formatted(asked, engine, newest);
        }

        @Override
        public boolean lasting() {
            return true;
        }
    }

    private static String said(String lastWords) {
        return lastWords.isEmpty() ? "" : " (\"" + lastWords + "\")";
    }
}
