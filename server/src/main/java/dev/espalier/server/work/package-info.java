/// Threads for work that would hold up an event loop.
@NullMarked
package dev.espalier.server.work;

import org.jspecify.annotations.NullMarked;
