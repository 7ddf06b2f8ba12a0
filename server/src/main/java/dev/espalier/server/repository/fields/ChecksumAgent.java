package dev.espalier.server.repository.fields;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelRepositoryAgents.Agent;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.files.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The repository agent that loads a model only if its files have the checksums that the configuration says:
///
/// ```text
/// model_repository_agents { agents [ { name: "checksum"
///   parameters { key: "SHA256:1/model.onnx" value: "9f86d081..." } } ] }
/// ```
public final class ChecksumAgent {
    static final String NAME = "checksum";

    /// By the word before the colon, what the JDK calls it. Triton's agent has the first.
    private static final Map<String, String> ALGORITHMS =
            new TreeMap<>(Map.of("MD5", "MD5", "SHA256", "SHA-256"));

    private static final int PIECE = 1 << 16;

    private ChecksumAgent() {}

    /// Compares all files that the configuration has checksums of.
    ///
    /// @param resolver the model's file of that name
    /// @throws ServingException when one has another content, is not there, or is named wrongly
    public static void check(ModelConfig config, Resolver resolver) throws ServingException {
        for (Agent agent : config.getModelRepositoryAgents().getAgentsList()) {
            for (var parameter : new TreeMap<>(agent.getParametersMap()).entrySet()) {
                check(config.getName(), parameter.getKey(), parameter.getValue(), resolver);
            }
        }
    }

    /// Finds files of a model.
    public interface Resolver {
        /// @throws ServingException when the name leads out of the model's folder
        Path file(String name) throws ServingException;
    }

    private static void check(String model, String key, String expected, Resolver resolver)
            throws ServingException {
        int colon = key.indexOf(':');
        String algorithm = ALGORITHMS.get(colon < 0 ? "" : key.substring(0, colon));
        if (algorithm == null || colon == key.length() - 1) {
            throw invalid(
                    "repository agent 'checksum' of %s has the key '%s' (expected: %s:<file>)"
                            .formatted(
                                    model, key, String.join(":<file> or ", ALGORITHMS.keySet())));
        }
        String name = key.substring(colon + 1);
        String found = checksum(resolver.file(name), algorithm);
        if (!found.equals(expected.strip().toLowerCase(Locale.ROOT))) {
            throw invalid(
                    "Mismatched %s hash for file %s of %s: %s (expected: %s, from its configuration)"
                            .formatted(key.substring(0, colon), name, model, found, expected));
        }
    }

    private static String checksum(Path file, String algorithm) throws ServingException {
        try (SeekableByteChannel content = RegularFile.open(file)) {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            while (content.read(piece) >= 0) {
                digest.update(piece.flip());
                piece.clear();
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "%s cannot be read: %s (expected: a file with a known checksum)"
                            .formatted(file, failure),
                    failure);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has it", impossible);
        }
    }

    private static ServingException invalid(String text) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, text);
    }
}
