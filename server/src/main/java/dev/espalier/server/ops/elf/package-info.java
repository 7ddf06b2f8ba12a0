/// ELF files as the dynamic loader sees them, read without loading anything: they are code of somebody
/// else, and the server's process runs none.
@NullMarked
package dev.espalier.server.ops.elf;

import org.jspecify.annotations.NullMarked;
