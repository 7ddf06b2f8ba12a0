/// The inference protocol over gRPC: translation between its messages and the rest of the server.
@NullMarked
package dev.espalier.server.grpc;

import org.jspecify.annotations.NullMarked;
