package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.Restricted;
import dev.espalier.server.config.TlsOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who may ask: bearer tokens and TLS.
@Timeout(60)
final class AccessTest {
    private static final String JSON =
            "{\"inputs\":[{\"name\":\"X\",\"shape\":[1],\"datatype\":\"INT32\",\"data\":[3]}]}";
    @TempDir private static Path folder;
    private static SelfSigned identity;

    @BeforeAll
    static void makeACertificate() throws Exception {
        identity = SelfSigned.in(folder);
    }

    private static TlsOptions tls() {
        return new TlsOptions(
                true, identity.certificate().toString(), identity.key().toString(), "");
    }

    private EchoServer withTokens() throws IOException {
        Path file = Files.writeString(folder.resolve("tokens"), "reader infer\nroot admin\n");
        return EchoServer.running(TlsOptions.NONE, AccessTokens.read(file));
    }

    private static RawClient.Answer post(EchoServer server, String path, String... headers)
            throws IOException {
        try (RawClient client = server.connect()) {
            return client.post(path, JSON.getBytes(), headers).read();
        }
    }

    private static int get(EchoServer server, String path, String token) throws IOException {
        try (RawClient client = server.connect()) {
            return client.send(
                            "GET %s HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer %s\r\n\r\n"
                                    .formatted(path, token))
                    .read()
                    .status();
        }
    }

    @Test
    void asksForATokenEverywhereButForHealth() throws Exception {
        try (EchoServer server = withTokens();
                RawClient client = server.connect()) {
            assertThat(client.get("/v2/health/live").read().status()).isEqualTo(200);
            assertThat(client.get("/v2/health/ready").read().status()).isEqualTo(200);
            for (String path : new String[] {"/v2", "/v2/models/pair", "/v2/models/pair/ready"}) {
                RawClient.Answer answer = client.get(path).read();
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
                assertThat(answer.text()).contains("a valid token is needed");
            }
        }
    }

    @Test
    void letsTokensDoWhatTheirScopeAllows() throws Exception {
        String infer = "/v2/models/echo_int32/infer";
        String load = "/v2/repository/models/pair/load";
        try (EchoServer server = withTokens()) {
            assertThat(post(server, infer).status()).isEqualTo(401);
            assertThat(post(server, infer, "Authorization: Bearer wrong").status()).isEqualTo(401);
            assertThat(post(server, infer, "Authorization: Bearer reader").text()).contains("[3]");
            assertThat(post(server, infer, "Authorization: bearer root").text()).contains("[3]");
            RawClient.Answer narrow = post(server, load, "Authorization: Bearer reader");
            assertThat(narrow.status()).isEqualTo(403);
            assertThat(narrow.text()).contains("expected: a token with scope 'admin'");
            assertThat(post(server, load, "Authorization: Bearer root").status()).isEqualTo(503);
            for (String setting : List.of("/v2/logging", "/v2/trace/setting")) {
                assertThat(post(server, setting, "Authorization: Bearer reader").status())
                        .isEqualTo(403);
                assertThat(post(server, setting, "Authorization: Bearer root").status())
                        .isEqualTo(200);
                assertThat(get(server, setting, "reader")).isEqualTo(403);
                assertThat(get(server, setting, "root")).isEqualTo(200);
            }
        }
    }

    @Test
    void speaksTls() throws Exception {
        try (EchoServer server = EchoServer.running(tls(), AccessTokens.notRequired());
                HttpClient client =
                        HttpClient.newBuilder()
                                .sslContext(identity.trusting())
                                .version(HttpClient.Version.HTTP_1_1)
                                .build()) {
            String values =
                    String.join(",", IntStream.range(0, 100_000).mapToObj(i -> "" + i).toList());
            HttpRequest request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "https://localhost:%d/v2/models/echo_int32/infer"
                                                    .formatted(server.port())))
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            JSON.replace("[1]", "[100000]")
                                                    .replace("[3]", "[" + values + "]")))
                            .build();
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
                        .endsWith("\"data\":[" + values + "]}]}");
            }
        }
    }

    @Test
    void answersNoPlainTextWhereItSpeaksTls() throws Exception {
        try (EchoServer server = EchoServer.running(tls(), AccessTokens.notRequired());
                RawClient client = server.connect()) {
            client.get("/v2/health/live");
            assertThatThrownBy(client::read).isInstanceOf(IOException.class);
        }
    }

    @Test
    void doesNotStartWithACertificateThatIsNone() throws Exception {
        Path file = Files.writeString(folder.resolve("x.pem"), "no certificate");
        TlsOptions tls = new TlsOptions(true, file.toString(), file.toString(), "");
        assertThatThrownBy(() -> EchoServer.running(tls, AccessTokens.notRequired()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("certificate '" + file + "'")
                .hasMessageContaining("expected: PEM files, the key in PKCS#8 without password");
    }

    @Test
    void answersRestrictedRoutesWithTheirHeaderOnly() throws Exception {
        try (EchoServer server =
                        EchoServer.running(
                                Restricted.by(
                                        "model-repository,health,shared-memory:my-key=s3cret"));
                RawClient client = server.connect()) {
            for (String path :
                    new String[] {
                        "/v2/repository/index",
                        "/v2/repository/models/m/load",
                        "/v2/health/live",
                        "/v2/models/pair/ready",
                        "/v2/systemsharedmemory/status",
                        "/v2/cudasharedmemory/unregister",
                        "/v2/espalier/ops"
                    }) {
                RawClient.Answer answer = client.post(path, new byte[0]).read();
                assertThat(answer.text())
                        .isEqualTo(
                                "{\"error\":\"This API is restricted, expecting header"
                                        + " 'my-key'\"}");
                assertThat(answer.status()).isEqualTo(403);
            }
            assertThat(post(server, "/v2/repository/index", "my-key: S3cret").status())
                    .isEqualTo(403);
            assertThat(
                            client.post("/v2/repository/index", new byte[0], "My-Key: s3cret")
                                    .read()
                                    .status())
                    .isEqualTo(200);
            assertThat(client.get("/v2").read().status()).isEqualTo(200);
            assertThat(post(server, "/v2/models/echo_int32/infer").status()).isEqualTo(200);
        }
    }
}
