package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
final class ApiRestrictionsTest {
    @Test
    void restrictsGroupsEachByItsHeader() throws Exception {
        ApiRestrictions read =
                ApiRestrictions.read(
                        GrpcFlag.RESTRICTED_PROTOCOL,
                        List.of("health,model-config:key=a=b:c", "logging:Other=x"),
                        "p-");

        ApiRestrictions.Key key = new ApiRestrictions.Key("p-key", "a=b:c");
        assertThat(read.of(ApiGroup.HEALTH)).isEqualTo(key);
        assertThat(read.of(ApiGroup.MODEL_CONFIG)).isEqualTo(key);
        assertThat(read.of(ApiGroup.LOGGING)).isEqualTo(new ApiRestrictions.Key("p-Other", "x"));
        assertThat(read.of(ApiGroup.INFERENCE)).isNull();
    }

    @Test
    void opensToItsValueOnly() {
        ApiRestrictions.Key key = new ApiRestrictions.Key("key", "value");
        assertThat(key.opens("value")).isTrue();
        assertThat(key.opens("Value")).isFalse();
        assertThat(key.opens("")).isFalse();
        assertThat(key.opens(null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "health|--http-restricted-api: 'health' (expected:"
                        + " <group>[,<group>]:<header>=<value>)",
                "health:key|--http-restricted-api: 'health:key' (expected:"
                        + " <group>[,<group>]:<header>=<value>)",
                ":key=value|--http-restricted-api: ':key=value' (expected:"
                        + " <group>[,<group>]:<header>=<value>)",
                "health:=value|--http-restricted-api: '' (expected: a header's name: letters,"
                        + " digits, '_', '.' and '-')",
                "health:a b=value|--http-restricted-api: 'a b' (expected: a header's name: letters,"
                        + " digits, '_', '.' and '-')",
                "health:key-bin=value|--http-restricted-api: 'key-bin' (expected: another name: in"
                        + " gRPC '-bin' marks bytes in base64)",
                "health,health:key=value|--http-restricted-api: 'health' (expected: each group"
                        + " once)",
                "infer:key=value|--http-restricted-api: 'infer' (expected: one of health, metadata,"
                        + " inference, shared-memory, model-config, model-repository, statistics,"
                        + " trace, logging)",
            })
    void refusesWhatRestrictsNothing(String value, String text) {
        assertThatThrownBy(() -> ApiRestrictions.read(HttpFlag.RESTRICTED_API, List.of(value), ""))
                .isInstanceOf(UsageException.class)
                .hasMessage(text);
    }
}
