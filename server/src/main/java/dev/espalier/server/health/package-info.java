/// What the server says of itself: who it is, and whether it is well.
@NullMarked
package dev.espalier.server.health;

import org.jspecify.annotations.NullMarked;
