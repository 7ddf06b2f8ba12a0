/// What the server knows of each engine: one folder an engine, and what each of them has to say. Only the root
/// package sees this room; it gives every other room its part.
@NullMarked
package dev.espalier.server.engines;

import org.jspecify.annotations.NullMarked;
