package dev.espalier.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.ProbeEvent;
import dev.espalier.tensor.OpReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Which looks are taken into a library, and how often. The library is a real one; the probe counts.
@Timeout(60)
class LibraryInspectorTest {
    private static final List<ProbeEvent> OPENED =
            List.of(new ProbeEvent.Begun(), new ProbeEvent.Opened());
    @TempDir Path folder;
    private final AtomicInteger probes = new AtomicInteger();

    private LibraryInspector inspector(Trust trust, ProbeOutcome outcome) {
        return new LibraryInspector(
                trust,
                TestLibraries.loadCheck(),
                new ProbeCache(folder.resolve("probes"), "here"),
                new Probe() {
                    @Override
                    public String engine() {
                        return "onnxruntime-1.29.0";
                    }

                    @Override
                    public ProbeOutcome look(OpLibrary library) {
                        probes.incrementAndGet();
                        return outcome;
                    }
                });
    }

    private static ProbeOutcome outcome(List<ProbeEvent> events, String ending) {
        return new ProbeOutcome(events, ending, Duration.ofSeconds(10), "");
    }

    private static ProbeOutcome finished(OpReport report) {
        return outcome(List.of(new ProbeEvent.Finished(report)), "exited with 0");
    }

    private OpLibrary library(String name) throws Exception {
        return new OpStore(folder.resolve("store"), TestLibraries.READER)
                .keep(TestLibraries.path(name), false);
    }

    @Test
    void probesALibraryOnceForAllThatAskAtTheSameTime() throws Exception {
        ProbeOutcome found = finished(new OpReport.Provides(List.of(Libraries.op("a:B"))));
        LibraryInspector inspector = inspector(Trust.everything(), found);
        OpLibrary library = library("scale_by_2");
        try (var models = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Inspection> ask = () -> inspector.inspect(library);
            for (var answer : models.invokeAll(List.of(ask, ask, ask, ask))) {
                assertThat(answer.get())
                        .isEqualTo(new Inspection.Provides(List.of(Libraries.op("a:B"))));
            }
        }
        assertThat(inspector(Trust.everything(), found).inspect(library))
                .isInstanceOf(Inspection.Provides.class);
        assertThat(probes).hasValue(1);
    }

    @Test
    void looksAgainAtWhatMayHaveBeenTheMachinesFault() throws Exception {
        OpLibrary library = library("scale_by_2");
        for (ProbeOutcome passing :
                List.of(
                        outcome(OPENED, ""),
                        outcome(OPENED, "was ended by SIGKILL"),
                        outcome(List.of(), "exited with 1"),
                        finished(new OpReport.NotOpened("no memory")))) {
            probes.set(0);
            LibraryInspector inspector = inspector(Trust.everything(), passing);
            inspector.inspect(library);
            inspector.inspect(library);
            assertThat(probes).as(passing.toString()).hasValue(2);
        }
    }

    @Test
    void remembersWhatIsTheLibrarysOwn() throws Exception {
        OpLibrary library = library("scale_by_2");
        ProbeOutcome crash = outcome(OPENED, "was ended by SIGSEGV");
        for (int start = 0; start < 2; start++) {
            assertThat(inspector(Trust.everything(), crash).inspect(library))
                    .isInstanceOf(ProbeFault.Died.class);
        }
        assertThat(probes).hasValue(1);
    }

    @Test
    void opensNothingThatItsFileSaysCannotBeOpened() throws Exception {
        LibraryInspector inspector = inspector(Trust.everything(), outcome(List.of(), ""));
        assertThat(inspector.inspect(library("truncated"))).isInstanceOf(FileFault.Truncated.class);
        assertThat(probes).hasValue(0);
    }

    @Test
    void opensNothingThatIsNotAllowed() throws Exception {
        OpLibrary library = library("scale_by_2");
        Path list = folder.resolve("allowed");
        Files.writeString(list, "# none of ours\n" + "0".repeat(64) + "  libother.so\n");
        assertThat(inspector(Trust.listedIn(list), outcome(List.of(), "")).inspect(library))
                .isEqualTo(new TrustFault.NotAllowed(library.sha256(), list.toString()));
        assertThat(probes).hasValue(0);
        Files.writeString(list, library.sha256().toUpperCase(Locale.ROOT) + "\n");
        assertThat(
                        inspector(Trust.listedIn(list), finished(new OpReport.Refused("no")))
                                .inspect(library))
                .isEqualTo(new ProbeFault.Refused("no"));
    }

    @Test
    void opensNothingThatDiffersFromItsChecksum() throws Exception {
        Path source = Files.copy(TestLibraries.path("scale_by_2"), folder.resolve("libx.so"));
        Path checksum = Files.writeString(folder.resolve("libx.so.sha256"), "0".repeat(64));
        OpLibrary library =
                new OpStore(folder.resolve("store"), TestLibraries.READER).keep(source, false);
        LibraryInspector inspector =
                inspector(Trust.everything(), finished(new OpReport.Refused("no")));
        assertThat(inspector.inspect(library))
                .isEqualTo(
                        new TrustFault.OtherContent(
                                library.sha256(), "0".repeat(64), checksum.toString()));
        Files.writeString(checksum, library.sha256() + "  libx.so\n");
        assertThat(inspector.inspect(library)).isEqualTo(new ProbeFault.Refused("no"));
    }
}
