/// Models in Java, as their authors see them. [dev.espalier.sdk.Model] is where to begin.
@NullMarked
package dev.espalier.sdk;

import org.jspecify.annotations.NullMarked;
