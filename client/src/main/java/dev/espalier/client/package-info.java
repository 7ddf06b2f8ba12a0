/// The command-line client: asks a server over HTTP and prints what it says.
///
/// Starting points: [dev.espalier.client.Main], [dev.espalier.client.InferCommand].
@NullMarked
package dev.espalier.client;

import org.jspecify.annotations.NullMarked;
