package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ChangeWatchTest {
    private final ChangeWatch watch = new ChangeWatch();

    private static FileStamps ofSize(long size) {
        return new FileStamps(
                Map.of(Path.of("/m/1/model.onnx"), new FileStamps.Stamp(size, null, null)));
    }

    @Test
    void leavesAloneWhatIsAsItWas() {
        Map<String, FileStamps> models = Map.of("a", ofSize(1));

        assertThat(watch.changed(models, models)).isEmpty();
        assertThat(watch.changed(models, models)).isEmpty();
    }

    @Test
    void takesAChangeThatTwoLooksHaveSeen() {
        Map<String, FileStamps> known = Map.of("a", ofSize(1), "b", ofSize(1));
        Map<String, FileStamps> seen = Map.of("a", ofSize(2), "b", ofSize(1));

        assertThat(watch.changed(known, seen)).isEmpty();
        assertThat(watch.changed(known, seen)).containsExactly("a");
    }

    @Test
    void waitsAsLongAsAFileGrows() {
        Map<String, FileStamps> known = Map.of("a", ofSize(1));

        for (long size = 2; size < 9; size++) {
            assertThat(watch.changed(known, Map.of("a", ofSize(size)))).isEmpty();
        }
        assertThat(watch.changed(known, Map.of("a", ofSize(8)))).containsExactly("a");
    }

    @Test
    void forgetsAChangeThatIsTakenBack() {
        Map<String, FileStamps> known = Map.of("a", ofSize(1));

        assertThat(watch.changed(known, Map.of("a", ofSize(2)))).isEmpty();
        assertThat(watch.changed(known, known)).isEmpty();
        assertThat(watch.changed(known, Map.of("a", ofSize(2)))).isEmpty();
    }

    @Test
    void takesNewModelsAndThoseThatAreGoneOnTheSecondLook() {
        Map<String, FileStamps> known = Map.of("old", ofSize(1));
        Map<String, FileStamps> seen = Map.of("new", ofSize(1));

        assertThat(watch.changed(known, seen)).isEmpty();
        assertThat(watch.changed(known, seen)).containsExactly("new", "old");
    }
}
