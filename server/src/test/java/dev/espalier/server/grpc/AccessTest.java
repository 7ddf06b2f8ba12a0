package dev.espalier.server.grpc;

import static dev.espalier.server.grpc.InferCallTest.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.protocol.LogSettingsRequest;
import dev.espalier.protocol.LogSettingsResponse;
import dev.espalier.protocol.RepositoryModelLoadRequest;
import dev.espalier.protocol.RepositoryModelLoadResponse;
import dev.espalier.protocol.ServerLiveRequest;
import dev.espalier.protocol.ServerLiveResponse;
import dev.espalier.protocol.ServerMetadataRequest;
import dev.espalier.protocol.ServerMetadataResponse;
import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.Restricted;
import dev.espalier.server.config.TlsOptions;
import dev.espalier.server.http.SelfSigned;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who may call: bearer tokens and TLS.
@Timeout(60)
final class AccessTest {
    private static final byte[] TENSOR = new byte[1 << 20];
    private static final String NO_TOKEN =
            "a valid token is needed (expected: metadata 'authorization: Bearer <token>')";

    @TempDir private static Path folder;
    private static SelfSigned identity;

    @BeforeAll
    static void makeACertificate() throws Exception {
        identity = SelfSigned.in(folder);
    }

    private static ServerMetadataResponse metadata(InferenceClient client, String token) {
        return client.call(
                "ServerMetadata",
                ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance(),
                token);
    }

    @Test
    void asksForATokenEverywhereButForHealth() throws Exception {
        Path file = Files.writeString(folder.resolve("tokens"), "reader infer\nroot admin\n");
        try (EchoServer server =
                        EchoServer.running(
                                EchoServer.Options.DEFAULT.with(AccessTokens.read(file)));
                InferenceClient client = new InferenceClient(server.port())) {
            assertThat(
                            client.call(
                                            "ServerLive",
                                            ServerLiveRequest.getDefaultInstance(),
                                            ServerLiveResponse.getDefaultInstance())
                                    .getLive())
                    .isTrue();
            refused(() -> metadata(client, "guess"), Status.Code.UNAUTHENTICATED, NO_TOKEN);
            refused(
                    () -> client.infer(Requests.raw("echo_int32", "INT32", TENSOR, 1 << 18)),
                    Status.Code.UNAUTHENTICATED,
                    NO_TOKEN);
            assertThat(metadata(client, "reader").getName()).isEqualTo("echo");
            assertThat(metadata(client, "root").getName()).isEqualTo("echo");
            refused(
                    () ->
                            client.call(
                                    "RepositoryModelLoad",
                                    RepositoryModelLoadRequest.newBuilder()
                                            .setModelName("pair")
                                            .build(),
                                    RepositoryModelLoadResponse.getDefaultInstance(),
                                    "reader"),
                    Status.Code.PERMISSION_DENIED,
                    "the token's scope is 'infer' (expected: a token with scope 'admin')");
            refused(
                    () ->
                            client.call(
                                    "LogSettings",
                                    LogSettingsRequest.getDefaultInstance(),
                                    LogSettingsResponse.getDefaultInstance(),
                                    "reader"),
                    Status.Code.PERMISSION_DENIED,
                    "the token's scope is 'infer' (expected: a token with scope 'admin')");
        }
    }

    private static TlsOptions tls(String clientRoot) {
        return new TlsOptions(
                true, identity.certificate().toString(), identity.key().toString(), clientRoot);
    }

    @Test
    void speaksTls() throws Exception {
        try (EchoServer server = EchoServer.running(EchoServer.Options.DEFAULT.with(tls("")));
                InferenceClient client = trusting(server, false);
                InferenceClient plain = new InferenceClient(server.port())) {
            var answer = client.infer(Requests.raw("echo_int32", "INT32", TENSOR, 1 << 18));
            assertThat(answer.getRawOutputContents(0).toByteArray()).isEqualTo(TENSOR);
            // What TLS itself copies is no copy of ours.
            assertThat(server.backend().copied().in()).isZero();
            assertThat(server.backend().copied().out()).isZero();
            assertThatThrownBy(
                            () -> plain.infer(Requests.raw("echo_int32", "INT32", TENSOR, 1 << 18)))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageStartingWith("UNAVAILABLE");
        }
    }

    @Test
    void asksClientsForTheirCertificate() throws Exception {
        String root = identity.certificate().toString();
        try (EchoServer server = EchoServer.running(EchoServer.Options.DEFAULT.with(tls(root)));
                InferenceClient known = trusting(server, true);
                InferenceClient unknown = trusting(server, false)) {
            var request = Requests.raw("echo_int32", "INT32", new byte[4], 1);
            assertThat(known.infer(request).getModelName()).isEqualTo("echo_int32");
            assertThatThrownBy(() -> unknown.infer(request))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageStartingWith("UNAVAILABLE");
        }
    }

    private static InferenceClient trusting(EchoServer server, boolean withCertificate)
            throws IOException {
        SslContextBuilder builder =
                GrpcSslContexts.forClient().trustManager(identity.certificate().toFile());
        if (withCertificate) {
            builder.keyManager(identity.certificate().toFile(), identity.key().toFile());
        }
        return new InferenceClient(server.port(), builder.build());
    }

    @Test
    void saysWhichFilesItCannotUse() throws Exception {
        Path none = folder.resolve("none.pem");
        TlsOptions options = new TlsOptions(true, none.toString(), none.toString(), "");
        assertThatThrownBy(() -> EchoServer.running(EchoServer.Options.DEFAULT.with(options)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("certificate '%s' with key '%s'".formatted(none, none))
                .hasMessageContaining("expected: PEM files");
    }

    @Test
    void answersRestrictedMethodsWithTheirHeaderOnly() throws Exception {
        var options =
                EchoServer.Options.DEFAULT.with(
                        Restricted.by("health,inference:authorization=Bearer k"));
        try (EchoServer server = EchoServer.running(options);
                InferenceClient client = new InferenceClient(server.port())) {
            String text = "This protocol is restricted, expecting header 'authorization'";
            refused(() -> live(client, "other"), Status.Code.UNAVAILABLE, text);
            refused(
                    () -> client.infer(Requests.raw("echo_int32", "INT32", new byte[4], 1)),
                    Status.Code.UNAVAILABLE,
                    text);
            assertThat(client.stream().status().getDescription()).isEqualTo(text);
            assertThat(live(client, "k").getLive()).isTrue();
            assertThat(metadata(client, "other").getName()).isEqualTo("echo");
        }
    }

    private static ServerLiveResponse live(InferenceClient client, String token) {
        return client.call(
                "ServerLive",
                ServerLiveRequest.getDefaultInstance(),
                ServerLiveResponse.getDefaultInstance(),
                token);
    }
}
