package dev.espalier.server.ops.elf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The right column is what binutils' c++filt says, but for the names in square brackets.
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
}
