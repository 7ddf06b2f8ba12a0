/// Op libraries: where they are found, what they are, and where they are loaded from.
@NullMarked
package dev.espalier.server.ops;

import org.jspecify.annotations.NullMarked;
