/// How much memory requests may take up, whatever their number and size.
@NullMarked
package dev.espalier.server.memory;

import org.jspecify.annotations.NullMarked;
