/// HTTP: routes, requests and answers of the inference protocol, on Netty.
@NullMarked
package dev.espalier.server.http;

import org.jspecify.annotations.NullMarked;
