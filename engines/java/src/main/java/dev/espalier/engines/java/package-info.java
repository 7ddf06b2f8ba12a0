/// Models in Java as an engine: loads a jar, and runs its model on memory that server and worker share.
@NullMarked
package dev.espalier.engines.java;

import org.jspecify.annotations.NullMarked;
