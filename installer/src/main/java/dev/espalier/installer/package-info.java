/// Installs engine packs beside the distribution's: `espalier engine`.
@NullMarked
package dev.espalier.installer;

import org.jspecify.annotations.NullMarked;
