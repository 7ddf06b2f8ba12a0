/// Tests of models in Java, without a server. [dev.espalier.sdk.test.ModelTester] is where to begin.
@NullMarked
package dev.espalier.sdk.test;

import org.jspecify.annotations.NullMarked;
