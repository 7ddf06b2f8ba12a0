/// Traces of single requests: which are taken, what is noted of them, and where they go.
@NullMarked
package dev.espalier.server.tracing;

import org.jspecify.annotations.NullMarked;
