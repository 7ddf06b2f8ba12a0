/// Failures that a client is told about: a code, from which every protocol derives its status, and a text.
@NullMarked
package dev.espalier.server.failure;

import org.jspecify.annotations.NullMarked;
