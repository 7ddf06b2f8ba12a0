/// Models in Java, as examples.
@NullMarked
package dev.espalier.examples;

import org.jspecify.annotations.NullMarked;
