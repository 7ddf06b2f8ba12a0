/// The process boundary: everything that server and worker share, and nothing else. Start with
/// [dev.espalier.link.LinkLayout], which draws the memory.
@NullMarked
package dev.espalier.link;

import org.jspecify.annotations.NullMarked;
