/// What event loops and sockets are made of, by operating system.
@NullMarked
package dev.espalier.server.transport;

import org.jspecify.annotations.NullMarked;
