package dev.espalier.server.ops.elf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The right column is what binutils' c++filt says, but for the names in square brackets.
@Timeout(60)
class SymbolNameTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    _ZN6vendor11interpolateEPKfi      | vendor::interpolate(float const*, int)
                    _Z3foov                           | foo()
                    _ZN1a1bC1ERKS0_                   | a::b::b(a::b const&)
                    _ZN1a1bD2Ev                       | a::b::~b()
                    _ZNK3cat4nameEv                   | cat::name() const
                    _ZSt9terminatev                   | std::terminate()
                    _Z1fPvS_mSo                       | f(void*, void*, unsigned long, std::ostream)
                    _ZN3foo3barE                      | foo::bar
                    PyErr_SetString                   | PyErr_SetString
                    _ZN3c106TensorIfEE                | c10::Tensor [_ZN3c106TensorIfEE]
                    _ZTI9Something                    | _ZTI9Something
                    _Z                                | _Z
                    _ZN99999999999x                   | _ZN99999999999x
                    """)
    void readsAsTheAuthorWroteIt(String symbol, String name) {
        assertThat(SymbolName.readable(symbol)).isEqualTo(name);
    }

    /// Each parameter is a name of all that was there before, twice.
    @Test
    void doesNotDoubleForEver() {
        StringBuilder symbol = new StringBuilder("_Z1fN1aE");
        for (int i = 0; i < 36; i++) {
            String last = "S" + (i == 0 ? "" : Integer.toString(i - 1, 36).toUpperCase()) + "_";
            symbol.append('N').append(last).append(last).append('E');
        }
        assertThat(symbol.length()).isLessThan(400);
        assertThat(SymbolName.readable(symbol.toString())).hasSizeLessThan(3_000);
    }

    @Test
    void shortensWhatNobodyReads() {
        for (String symbol :
                new String[] {
                    "x".repeat(200_000),
                    "_Z1f" + "P".repeat(120_000) + "v",
                    "_Z1f" + "P".repeat(3_000) + "v",
                    "_Z1f" + "i".repeat(4_000),
                    "_ZN" + "1a".repeat(2_000) + "E",
                    "_ZN4000" + "a".repeat(4_000) + "E"
                }) {
            assertThat(SymbolName.readable(symbol)).hasSizeBetween(1_000, 3_000);
        }
    }

    @FuzzTest(maxDuration = "30s")
    void isBoundedWhateverTheSymbol(String symbol) {
        assertThat(SymbolName.readable("_Z" + symbol)).hasSizeLessThan(3_000);
    }
}
