/// What the server knows of models in Java.
@NullMarked
package dev.espalier.server.engines.java;

import org.jspecify.annotations.NullMarked;
