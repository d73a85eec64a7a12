// Vectors of eight lanes on the compiler's own vector types, and the functions of one variable that the network needs.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

typedef float v8 __attribute__((vector_size(32)));
typedef int32_t i8 __attribute__((vector_size(32)));
typedef float v4 __attribute__((vector_size(16)));
typedef v8 v8u __attribute__((aligned(4)));
typedef v4 v4u __attribute__((aligned(4)));

INLINE v8 load8(const float *p) { return *(const v8u *)p; }
INLINE void store8(float *p, v8 v) { *(v8u *)p = v; }
INLINE v8 all8(float x) { return (v8){x, x, x, x, x, x, x, x}; }
INLINE v8 positive(v8 v) { return __builtin_elementwise_max(v, all8(0)); }

// 2^f as a polynomial on −½…½, the whole part straight into the exponent: relative error below 3e-7.
INLINE v8 exp8(v8 x) {
    x = __builtin_elementwise_min(__builtin_elementwise_max(x, all8(-80)), all8(80));
    v8 t = x * all8(1.44269504f);
    v8 shifted = t + all8(12582912.0f);  // adding 1.5 · 2^23 rounds to a whole number, kept in the low bits
    v8 f = t - (shifted - all8(12582912.0f));
    v8 p = all8(1.54035304e-4f);
    p = p * f + all8(1.33335581e-3f);
    p = p * f + all8(9.61812911e-3f);
    p = p * f + all8(5.55041087e-2f);
    p = p * f + all8(2.40226507e-1f);
    p = p * f + all8(6.93147181e-1f);
    p = p * f + all8(1.0f);
    return (v8)((i8)p + ((i8)shifted << 23));
}

INLINE v8 sigmoid8(v8 x) { return all8(1) / (all8(1) + exp8(-x)); }
INLINE v8 tanh8(v8 x) { return all8(2) / (all8(1) + exp8(x * all8(-2))) - all8(1); }

// Weights are read once in order; the processor's own prefetching stops at each page.
INLINE void ahead(const void *p, int bytes) {
    for (int line = 0; line < bytes; line += 64) __builtin_prefetch((const char *)p + 1536 + line);
}
