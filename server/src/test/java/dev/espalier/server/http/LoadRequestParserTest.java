package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.repository.LoadOverrides;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class LoadRequestParserTest {
    private static LoadOverrides parse(String body) throws ServingException {
        return LoadRequestParser.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsConfigurationAndFiles() throws ServingException {
        LoadOverrides overrides =
                parse(
                        "{\"parameters\":{\"config\":\"{}\",\"file:1/model.onnx\":\"AQID\","
                                + "\"file:1/ops/lib.so\":\"\"}}");

        assertThat(overrides.config()).isEqualTo("{}");
        assertThat(overrides.files()).containsOnlyKeys("1/model.onnx", "1/ops/lib.so");
        assertThat(overrides.files().get("1/model.onnx")).containsExactly(1, 2, 3);
        assertThat(overrides.files().get("1/ops/lib.so")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "[1]", "{\"parameters\":{}}", "{\"other\":{\"config\":\"x\"}}"})
    void readsThatNothingIsOverridden(String body) throws ServingException {
        assertThat(parse(body).config()).isEmpty();
        assertThat(parse(body).files()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'parameters':{'colour':'x'}}|INTERNAL|unexpected error on creating Triton parameter",
                "{'parameters':{'config':1}}|INTERNAL|attempt to access JSON non-string as string",
                "{'parameters':[]}|INTERNAL|attempt to get members for non-object",
                "{'parameters'|INTERNAL|failed to parse the request JSON buffer: ",
                "{} {}|INTERNAL|failed to parse the request JSON buffer: ",
                "{'parameters':{'file:1/m':'?'}}|INVALID_ARGUMENT|parameter 'file:1/m' is not base64: "
            },
            quoteCharacter = '`')
    void refusesWhatItCannotRead(String body, ErrorCode code, String text) {
        assertThatThrownBy(() -> parse(body.replace('\'', '"')))
                .asInstanceOf(InstanceOfAssertFactories.type(ServingException.class))
                .satisfies(failure -> {
                    assertThat(failure.code()).isEqualTo(code);
                    assertThat(failure.text()).startsWith(text);
                });
    }

    @Test
    void takesAnyObjectWhereNothingMatters() throws ServingException {
        LoadRequestParser.check(
                "{\"parameters\":{\"unload_dependents\":\"x\"}}".getBytes(StandardCharsets.UTF_8));
        LoadRequestParser.check(new byte[0]);
        assertThatThrownBy(() -> LoadRequestParser.check("{".getBytes(StandardCharsets.UTF_8)))
                .hasMessageStartingWith("failed to parse the request JSON buffer: ");
    }
}
