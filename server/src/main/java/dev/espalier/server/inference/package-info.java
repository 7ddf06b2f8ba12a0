/// A request's path through the server, independent of the protocol that it came by.
@NullMarked
package dev.espalier.server.inference;

import org.jspecify.annotations.NullMarked;
