package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TlsFlagsTest {
    @TempDir private Path folder;
    private String file = "";

    @BeforeEach
    void giveAFile() throws Exception {
        file = Files.createFile(folder.resolve("x.pem")).toString();
    }

    private CommandLine.Result parse(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--model-repository=" + folder);
        return CommandLine.parse(all.toArray(new String[0]), Map.of(), List.of());
    }

    private ServerOptions options(String... arguments) {
        return ((CommandLine.Run) parse(arguments)).options();
    }

    private String refusal(String... arguments) {
        return ((CommandLine.Refused) parse(arguments)).message();
    }

    @Test
    void servesHttpOverTls() {
        assertThat(
                        options(
                                        "--http-use-ssl",
                                        "--http-server-cert=" + file,
                                        "--http-server-key=" + file)
                                .http()
                                .tls())
                .isEqualTo(new TlsOptions(true, file, file, ""));
    }

    @Test
    void asksClientsForCertificatesOnlyWhereItIsMutual() {
        String certificate = "--grpc-server-cert=" + file;
        String key = "--grpc-server-key=" + file;
        String root = "--grpc-root-cert=" + file;

        assertThat(options("--grpc-use-ssl-mutual=1", certificate, key, root).grpc().tls())
                .isEqualTo(new TlsOptions(true, file, file, file));
        assertThat(options("--grpc-use-ssl", certificate, key, root).grpc().tls())
                .isEqualTo(new TlsOptions(true, file, file, ""));
    }

    @Test
    void needsItsFiles() {
        assertThat(refusal("--http-use-ssl", "--http-server-cert=" + file))
                .isEqualTo("--http-use-ssl needs --http-server-key=<file>");
        assertThat(refusal("--grpc-use-ssl", "--grpc-server-key=" + file))
                .isEqualTo("--grpc-use-ssl needs --grpc-server-cert=<file>");
        assertThat(refusal("--grpc-use-ssl-mutual"))
                .startsWith("--grpc-use-ssl-mutual needs --grpc-root-cert=<file>");
    }

    @Test
    void needsFilesThatCanBeRead() {
        assertThat(
                        refusal(
                                "--grpc-use-ssl",
                                "--grpc-server-cert=/no/cert",
                                "--grpc-server-key=" + file))
                .isEqualTo(
                        "--grpc-server-cert: '/no/cert'"
                                + " (expected: a file that exists and can be read)");
        assertThat(refusal("--auth-token-file=/no/tokens"))
                .startsWith("--auth-token-file: '/no/tokens'");
    }

    @Test
    void keepsTheFileOfTokens() {
        assertThat(options("--auth-token-file=" + file).security().authTokenFile()).isEqualTo(file);
    }
}
