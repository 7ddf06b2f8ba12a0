package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What is read and written, over folders that look as the kernel's do but neither make files nor move processes.
@EnabledOnOs(OS.LINUX)
@Timeout(20)
final class WorkerGroupsTest {
    private static final long SERVER = 812;
    private static final long MB = 1 << 20;

    @TempDir private Path folder;
    private Path process;
    private Path home;

    @BeforeEach
    void lookLikeADelegatedGroup() throws IOException {
        process = Files.createDirectory(folder.resolve("process"));
        home = Files.createDirectories(folder.resolve("mount/system/espalier"));
        in("/system/espalier");
        mounts("/", folder.resolve("mount"));
        group(home, "cpu memory pids");
        // The server's own is made here, since no kernel adds its files.
        group(home.resolve("espalier-server"), "");
    }

    private void in(String path) throws IOException {
        Files.writeString(process.resolve("cgroup"), "9:name=systemd:/x\n0::" + path + "\n");
    }

    private void mounts(String root, Path place) throws IOException {
        Files.writeString(
                process.resolve("mountinfo"),
                "22 1 8:1 / / rw shared:1 - ext4 /dev/vda rw\n31 23 0:27 %s %s rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"
                        .formatted(root, place));
    }

    private static void group(Path group, String controllers) throws IOException {
        Files.createDirectories(group);
        Files.writeString(group.resolve("cgroup.controllers"), controllers + "\n");
        for (String file : List.of("cgroup.procs", "cgroup.subtree_control")) {
            Files.createFile(group.resolve(file));
        }
    }

    private WorkerGroups open() {
        return WorkerGroups.of(process, SERVER, 100 * MB, 50 * MB);
    }

    @Test
    void theServerGoesToAGroupOfItsOwnAndSharesOutTheOneItWasStartedIn() {
        assertThat(open().lacking()).isEmpty();
        assertThat(home.resolve("espalier-server/cgroup.procs")).hasContent("812");
        // The last thing written: a file that keeps no list.
        assertThat(home.resolve("cgroup.subtree_control")).content().startsWith("+cpu");
    }

    @Test
    void aServerThatIsStartedInItsOwnGroupAlreadySharesOutTheOneAbove() throws IOException {
        in("/system/espalier/espalier-server");
        assertThat(open().lacking()).isEmpty();
        assertThat(home.resolve("cgroup.subtree_control")).content().startsWith("+cpu");
    }

    @Test
    void aMountOfAPartIsFoundByWhatItShows() throws IOException {
        mounts("/system", folder.resolve("mount/system"));
        assertThat(open().lacking()).isEmpty();
    }

    @Test
    void whatCannotBeHadIsSaid() throws IOException {
        in("/elsewhere/espalier");
        mounts("/system", folder.resolve("mount/system"));
        assertThat(open().lacking())
                .isEqualTo("no cgroup v2 is mounted that has /elsewhere/espalier");
        Files.writeString(process.resolve("cgroup"), "9:memory:/x\n");
        assertThat(open().lacking()).isEqualTo("the kernel has no cgroup v2");

        in("/system/espalier");
        Files.writeString(home.resolve("cgroup.controllers"), "cpu\n");
        assertThat(open().lacking()).isEqualTo(home + " has no controllers of memory and pids");
    }

    @Test
    void aServerThatCannotShareOutItsGroupStaysInIt() throws IOException {
        Files.delete(home.resolve("cgroup.subtree_control"));
        WorkerGroups groups = open();
        assertThat(groups.lacking()).startsWith(home + ": cgroup.subtree_control: ");
        assertThat(home.resolve("cgroup.procs")).hasContent("812");
        assertThat(groups.create()).isEmpty();
        assertThat(groups.options(Optional.empty()))
                .containsExactly("--no-group=" + groups.lacking());
    }

    @Test
    void aGroupWhoseLimitsCannotBeSetIsNotLeft() throws IOException {
        WorkerGroups groups = open();
        // The kernel would have made the files of limits.
        assertThat(groups.create()).isEmpty();
        assertThat(Files.list(home)).noneMatch(path -> path.toString().contains("worker"));
        assertThat(groups.options(Optional.empty())).containsExactly("--no-group=see the log");
    }

    @Test
    void whatAKilledServerHasLeftGoesAndWhatALivingOneHasStays() throws IOException {
        Path own = Files.createDirectory(home.resolve("espalier-worker-812-7"));
        Path gone = Files.createDirectory(home.resolve("espalier-worker-999999999-1"));
        long living = ProcessHandle.current().pid();
        Path others = Files.createDirectory(home.resolve("espalier-worker-" + living + "-1"));
        assertThat(open().lacking()).isEmpty();
        assertThat(own).doesNotExist();
        assertThat(gone).doesNotExist();
        assertThat(others).exists();
    }
}
