package dev.espalier.tensor;

/// Arithmetic on shapes. A shape is a `long[]` of dimensions, outermost first; an empty one is a
/// scalar; -1 stands for a dimension that is only known when a request comes.
public final class Shape {
    private Shape() {}

    /// The number of elements: the product of all dimensions, 1 for a scalar.
    ///
    /// @throws ArithmeticException when the product exceeds a `long`
    /// @throws IllegalArgumentException when a dimension is negative
    public static long elementCount(long... dimensions) {
        long count = 1;
        boolean empty = false;
        for (long dimension : dimensions) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "dimension: " + dimension + " (expected: >= 0) in " + text(dimensions));
            }
            empty |= dimension == 0;
        }
        if (empty) {
            return 0;
        }
        for (long dimension : dimensions) {
            count = Math.multiplyExact(count, dimension);
        }
        return count;
    }

    /// The shape as error messages show it: `[2,-1,3]`.
    public static String text(long... dimensions) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < dimensions.length; i++) {
            text.append(i == 0 ? "" : ",").append(dimensions[i]);
        }
        return text.append(']').toString();
    }
}
