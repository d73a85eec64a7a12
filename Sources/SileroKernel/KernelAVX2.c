// The kernel for x86-64 processors with AVX2 and FMA; only called after asking the processor.
#include "Layout.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define RUN silero_run_avx2
#include "Kernel.h"
#pragma clang attribute pop
#else
void silero_run_avx2(const silero_weights *w, const float *windows, silero_state *s, float *p, size_t n) {
    silero_run_portable(w, windows, s, p, n);
}
#endif
