/* The function of the library that lies beside an op library. */
float espalier_beside(float x);
