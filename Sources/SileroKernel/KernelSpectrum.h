// Magnitudes of the short-time Fourier transform: four frames of 256 samples, 128 apart. Eight lanes are the four
// frames of two sessions, so the FFT itself needs no shuffling.

typedef struct {
    v8 real[FFT_POINTS], imaginary[FFT_POINTS];
} points;

// Context, window and 64 samples mirrored at the end.
INLINE void pad(float padded[640], const float *window, silero_state *state) {
    __builtin_memcpy(padded, state->context, sizeof state->context);
    __builtin_memcpy(padded + SILERO_CONTEXT, window, SILERO_WINDOW * sizeof(float));
    __builtin_memcpy(state->context, window + SILERO_WINDOW - SILERO_CONTEXT, sizeof state->context);
    for (int i = 0; i < 64; i++) padded[576 + i] = padded[574 - i];
}

INLINE v8 join(const float *a, const float *b) {
    return __builtin_shufflevector(*(const v4u *)a, *(const v4u *)b, 0, 1, 2, 3, 4, 5, 6, 7);
}

// Windows the frames; even samples become real parts, odd ones imaginary parts.
INLINE void gather(const silero_weights *w, const float *a, const float *b, points *z) {
    for (int n = 0; n < 256; n += 4) {
        v8 r0 = join(a + n, b + n), r1 = join(a + 128 + n, b + 128 + n);
        v8 r2 = join(a + 256 + n, b + 256 + n), r3 = join(a + 384 + n, b + 384 + n);
        v8 t0 = __builtin_shufflevector(r0, r1, 0, 8, 1, 9, 4, 12, 5, 13);
        v8 t1 = __builtin_shufflevector(r0, r1, 2, 10, 3, 11, 6, 14, 7, 15);
        v8 t2 = __builtin_shufflevector(r2, r3, 0, 8, 1, 9, 4, 12, 5, 13);
        v8 t3 = __builtin_shufflevector(r2, r3, 2, 10, 3, 11, 6, 14, 7, 15);
        z->real[n / 2] = __builtin_shufflevector(t0, t2, 0, 1, 8, 9, 4, 5, 12, 13) * all8(w->hann[n]);
        z->imaginary[n / 2] = __builtin_shufflevector(t0, t2, 2, 3, 10, 11, 6, 7, 14, 15) * all8(w->hann[n + 1]);
        z->real[n / 2 + 1] = __builtin_shufflevector(t1, t3, 0, 1, 8, 9, 4, 5, 12, 13) * all8(w->hann[n + 2]);
        z->imaginary[n / 2 + 1] = __builtin_shufflevector(t1, t3, 2, 3, 10, 11, 6, 7, 14, 15) * all8(w->hann[n + 3]);
    }
}

// One radix-4 stage of a self-sorting (Stockham) FFT.
INLINE void stage(const points *x, points *y, int n, int stride, const float (*twiddle)[6]) {
    int m = n / 4 * stride;
    for (int p = 0; p < n / 4; p++) {
        v8 c1 = all8(twiddle[p][0]), s1 = all8(twiddle[p][1]), c2 = all8(twiddle[p][2]), s2 = all8(twiddle[p][3]);
        v8 c3 = all8(twiddle[p][4]), s3 = all8(twiddle[p][5]);
        for (int q = 0; q < stride; q++) {
            int from = q + stride * p, to = q + stride * 4 * p;
            v8 ar = x->real[from], br = x->real[from + m], cr = x->real[from + 2 * m], dr = x->real[from + 3 * m];
            v8 ai = x->imaginary[from], bi = x->imaginary[from + m];
            v8 ci = x->imaginary[from + 2 * m], di = x->imaginary[from + 3 * m];
            v8 sum_r = ar + cr, sum_i = ai + ci, difference_r = ar - cr, difference_i = ai - ci;
            v8 other_r = br + dr, other_i = bi + di, turned_r = di - bi, turned_i = br - dr;  // turned: i · (b − d)
            v8 r1 = difference_r - turned_r, i1 = difference_i - turned_i;
            v8 r2 = sum_r - other_r, i2 = sum_i - other_i;
            v8 r3 = difference_r + turned_r, i3 = difference_i + turned_i;
            y->real[to] = sum_r + other_r;
            y->imaginary[to] = sum_i + other_i;
            y->real[to + stride] = r1 * c1 - i1 * s1;
            y->imaginary[to + stride] = r1 * s1 + i1 * c1;
            y->real[to + 2 * stride] = r2 * c2 - i2 * s2;
            y->imaginary[to + 2 * stride] = r2 * s2 + i2 * c2;
            y->real[to + 3 * stride] = r3 * c3 - i3 * s3;
            y->imaginary[to + 3 * stride] = r3 * s3 + i3 * c3;
        }
    }
}

INLINE void last_stage(const points *x, points *y) {
    for (int q = 0; q < 64; q++) {
        y->real[q] = x->real[q] + x->real[q + 64];
        y->imaginary[q] = x->imaginary[q] + x->imaginary[q + 64];
        y->real[q + 64] = x->real[q] - x->real[q + 64];
        y->imaginary[q + 64] = x->imaginary[q] - x->imaginary[q + 64];
    }
}

// Separates the spectra of even and odd samples, joins them to the 129 bins of the real signal: magnitudes.
INLINE void magnitudes(const silero_weights *w, const points *z, float out[BINS][8]) {
    for (int k = 0; k <= 64; k++) {
        int mirror = (FFT_POINTS - k) & (FFT_POINTS - 1);
        v8 a = z->real[k], b = z->imaginary[k], c = z->real[mirror], d = z->imaginary[mirror];
        v8 even_r = a + c, even_i = b - d, odd_r = b + d, odd_i = c - a;
        v8 cosine = all8(w->unpack[k][0]), sine = all8(w->unpack[k][1]);
        v8 turned_r = odd_r * cosine - odd_i * sine, turned_i = odd_r * sine + odd_i * cosine;
        v8 r = even_r + turned_r, i = even_i + turned_i, mr = even_r - turned_r, mi = even_i - turned_i;
        store8(out[k], __builtin_elementwise_sqrt(r * r + i * i));
        store8(out[FFT_POINTS - k], __builtin_elementwise_sqrt(mr * mr + mi * mi));
    }
}

__attribute__((noinline)) static void spectra(
    const silero_weights *w, const float *windows, silero_state *states, scratch *s, int n) {
    points x, y;
    float padded[2][640];
    for (int i = 0; i < n; i += 2) {
        int second = i + 1 < n;  // of an odd number of sessions the last fills both halves
        pad(padded[0], windows + i * SILERO_WINDOW, states + i);
        if (second) pad(padded[1], windows + (i + 1) * SILERO_WINDOW, states + i + 1);
        gather(w, padded[0], padded[second], &x);
        stage(&x, &y, 128, 1, w->twiddle);
        stage(&y, &x, 32, 4, w->twiddle + 32);
        stage(&x, &y, 8, 16, w->twiddle + 40);
        last_stage(&y, &x);
        magnitudes(w, &x, s->spectrum[i / 2]);
    }
}
