package dev.espalier.server.http;

/// How bodies may be compressed.
enum ContentCoding {
    IDENTITY(""),
    GZIP("Content-Encoding: gzip\r\n"),
    /// Deflate in a zlib wrapper.
    DEFLATE("Content-Encoding: deflate\r\n");

    private final String headerLine;

    ContentCoding(String headerLine) {
        this.headerLine = headerLine;
    }

    /// The header line that names it, with its end; empty for none.
    String headerLine() {
        return headerLine;
    }

    private static final int MAX_LENGTH = 4096;

    /// The coding that an `Accept-Encoding` header wants most: the highest weight, of equal ones the
    /// first. Names are case-sensitive, and a parameter that is not understood leaves the body as it is.
    static ContentCoding accepted(String header) {
        ContentCoding best = IDENTITY;
        double bestWeight = 0;
        if (header.length() > MAX_LENGTH) {
            return IDENTITY;
        }
        for (String entry : header.split(",", -1)) {
            int semicolon = entry.indexOf(';');
            String name = (semicolon < 0 ? entry : entry.substring(0, semicolon)).strip();
            double weight = semicolon < 0 ? 1 : weight(entry.substring(semicolon + 1).strip());
            ContentCoding coding =
                    switch (name) {
                        case "gzip" -> GZIP;
                        case "deflate" -> DEFLATE;
                        case "identity" -> IDENTITY;
                        default -> null;
                    };
            if (coding != null && weight > bestWeight) {
                best = coding;
                bestWeight = weight;
            }
        }
        return best;
    }

    /// The weight of `q=0.5`: between 0 and 1, 0 where it is anything else.
    private static double weight(String parameter) {
        if (!parameter.startsWith("q=") || parameter.length() > 7) {
            return 0;
        }
        int dots = 0;
        for (int i = 2; i < parameter.length(); i++) {
            char c = parameter.charAt(i);
            dots += c == '.' ? 1 : 0;
            if (c != '.' && (c < '0' || c > '9')) {
                return 0;
            }
        }
        if (dots > 1 || parameter.length() == 2 + dots) {
            return 0;
        }
        double weight = Double.parseDouble(parameter.substring(2));
        return weight <= 1 ? weight : 0;
    }
}
