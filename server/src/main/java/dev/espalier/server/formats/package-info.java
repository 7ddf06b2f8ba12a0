/// Model files as the server reads them: signatures and needed ops, in pure Java, without an engine.
@NullMarked
package dev.espalier.server.formats;

import org.jspecify.annotations.NullMarked;
