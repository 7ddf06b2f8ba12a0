/// What the server counts, read-only for everyone else.
@NullMarked
package dev.espalier.server.metrics;

import org.jspecify.annotations.NullMarked;
