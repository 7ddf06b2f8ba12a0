package dev.espalier.server.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.espalier.protocol.ModelRepositoryParameter;
import dev.espalier.protocol.ModelRepositoryParameter.ParameterChoiceCase;
import dev.espalier.protocol.RepositoryIndexRequest;
import dev.espalier.protocol.RepositoryModelLoadRequest;
import dev.espalier.protocol.RepositoryModelLoadResponse;
import dev.espalier.protocol.RepositoryModelUnloadRequest;
import dev.espalier.protocol.RepositoryModelUnloadResponse;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.repository.LoadOverrides;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.Map;

/// The methods about the model repository. They may take as long as a model takes to load, so virtual
/// threads answer them.
final class RepositoryMethods {
    private static final String FILE = "file:";

    private final GrpcServices services;
    private final ServerServiceDefinition.Builder service;
    private final String serviceName;

    RepositoryMethods(
            GrpcServices services, ServerServiceDefinition.Builder service, String serviceName) {
        this.services = services;
        this.service = service;
        this.serviceName = serviceName;
    }

    void add() {
        add(
                "RepositoryIndex",
                RepositoryIndexRequest.parser(),
                request -> {
                    refuseName(request.getRepositoryName());
                    return Descriptions.index(services.catalog().index(), request.getReady());
                });
        add(
                "RepositoryModelLoad",
                RepositoryModelLoadRequest.parser(),
                request -> {
                    refuseName(request.getRepositoryName());
                    services.control()
                            .load(request.getModelName(), overrides(request.getParametersMap()));
                    return RepositoryModelLoadResponse.getDefaultInstance();
                });
        add(
                "RepositoryModelUnload",
                RepositoryModelUnloadRequest.parser(),
                request -> {
                    refuseName(request.getRepositoryName());
                    // Its parameter 'unload_dependents' is about ensembles, which there are none
                    // of.
                    services.control().unload(request.getModelName());
                    return RepositoryModelUnloadResponse.getDefaultInstance();
                });
    }

    private <Q extends Message> void add(
            String name, Parser<Q> parser, UnaryMethod.Answer<Q> answer) {
        UnaryMethod.addAwaited(service, serviceName, name, parser, answer, services.errors());
    }

    private static void refuseName(String repository) throws ServingException {
        if (!repository.isEmpty()) {
            throw new ServingException(
                    ErrorCode.UNSUPPORTED, "'repository_name' specification is not supported");
        }
    }

    private static LoadOverrides overrides(Map<String, ModelRepositoryParameter> parameters)
            throws ServingException {
        String config = "";
        Map<String, byte[]> files = new HashMap<>();
        for (Map.Entry<String, ModelRepositoryParameter> parameter : parameters.entrySet()) {
            String name = parameter.getKey();
            ModelRepositoryParameter value = parameter.getValue();
            if (name.equals("config")) {
                require(name, value, ParameterChoiceCase.STRING_PARAM, "string_param");
                config = value.getStringParam();
            } else if (name.startsWith(FILE)) {
                require(name, value, ParameterChoiceCase.BYTES_PARAM, "bytes_param");
                files.put(name.substring(FILE.length()), value.getBytesParam().toByteArray());
            } else {
                throw Failures.invalid("unrecognized load parameter '" + name + "'.");
            }
        }
        return new LoadOverrides(config, files);
    }

    private static void require(
            String name,
            ModelRepositoryParameter value,
            ParameterChoiceCase expected,
            String expectedName)
            throws ServingException {
        if (value.getParameterChoiceCase() != expected) {
            throw Failures.invalid(
                    "invalid value type for load parameter '%s', expected %s."
                            .formatted(name, expectedName));
        }
    }
}
