/// Shared memory of clients: the regions that they register, and what is read from and written to them.
@NullMarked
package dev.espalier.server.regions;

import org.jspecify.annotations.NullMarked;
