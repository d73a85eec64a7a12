// The four convolutions with their ReLUs. Taps that would meet padding are left out. Eight vectors of sums stay in
// registers through each inner loop: enough to keep two fused multiply-adds a cycle busy.

INLINE void keep_active(active *list, const float *x, int inputs) {
    int count = 0;
    for (int i = 0; i < inputs; i++) {
        list->index[count] = (uint8_t)i;
        count += x[i] != 0;
    }
    list->count = count;
}

INLINE void convolve1(const float w[BINS][3][16], const float *bias, const float (*x)[8], float out[FRAMES][128]) {
    v8 a0 = load8(bias), a1 = a0, a2 = a0, a3 = a0;
    v8 b0 = load8(bias + 8), b1 = b0, b2 = b0, b3 = b0;
    for (int i = 0; i < BINS; i++) {
        v8 x0 = all8(x[i][0]), x1 = all8(x[i][1]), x2 = all8(x[i][2]), x3 = all8(x[i][3]);
        ahead(w[i], sizeof w[i]);
        v8 before = load8(w[i][0]), here = load8(w[i][1]), after = load8(w[i][2]);
        a1 += before * x0; a2 += before * x1; a3 += before * x2;
        a0 += here * x0; a1 += here * x1; a2 += here * x2; a3 += here * x3;
        a0 += after * x1; a1 += after * x2; a2 += after * x3;
        before = load8(w[i][0] + 8), here = load8(w[i][1] + 8), after = load8(w[i][2] + 8);
        b1 += before * x0; b2 += before * x1; b3 += before * x2;
        b0 += here * x0; b1 += here * x1; b2 += here * x2; b3 += here * x3;
        b0 += after * x1; b1 += after * x2; b2 += after * x3;
    }
    store8(out[0], positive(a0)); store8(out[0] + 8, positive(b0));
    store8(out[1], positive(a1)); store8(out[1] + 8, positive(b1));
    store8(out[2], positive(a2)); store8(out[2] + 8, positive(b2));
    store8(out[3], positive(a3)); store8(out[3] + 8, positive(b3));
}

INLINE void convolve2(
    const float w[128][3][32], const float *bias, const float x[FRAMES][128], const active *list, float out[2][64]) {
    v8 first[4], second[4];
    for (int j = 0; j < 4; j++) first[j] = second[j] = load8(bias + 8 * j);
    for (int n = 0; n < list->count; n++) {
        int i = list->index[n];
        v8 x0 = all8(x[0][i]), x1 = all8(x[1][i]), x2 = all8(x[2][i]), x3 = all8(x[3][i]);
        for (int j = 0; j < 4; j++) {
            v8 before = load8(w[i][0] + 8 * j), here = load8(w[i][1] + 8 * j), after = load8(w[i][2] + 8 * j);
            second[j] += before * x1;
            first[j] += here * x0;
            second[j] += here * x2;
            first[j] += after * x1;
            second[j] += after * x3;
        }
    }
    for (int j = 0; j < 4; j++) {
        store8(out[0] + 8 * j, positive(first[j]));
        store8(out[1] + 8 * j, positive(second[j]));
    }
}

// 64 outputs of a dense layer.
INLINE void dense64(const float (*w)[64], const active *list, const float *bias, const float *x, float *out) {
    v8 sum[8];
    for (int j = 0; j < 8; j++) sum[j] = load8(bias + 8 * j);
    for (int n = 0; n < list->count; n++) {
        int i = list->index[n];
        v8 input = all8(x[i]);
        for (int j = 0; j < 8; j++) sum[j] += load8(w[i] + 8 * j) * input;
    }
    for (int j = 0; j < 8; j++) store8(out + 8 * j, positive(sum[j]));
}

__attribute__((noinline)) static void encode(const silero_weights *w, scratch *s, int n) {
    for (int block = 0; block < 8; block++)
        for (int i = 0; i < n; i++)
            convolve1(
                w->conv1[block], w->bias1 + 16 * block, (const float(*)[8])&s->spectrum[i / 2][0][i % 2 * 4],
                (float(*)[128])&s->layer1[i][0][16 * block]);
    for (int i = 0; i < n; i++) {
        float any[128];  // ReLU's output is never negative: the largest of the four frames tells if one is not zero
        for (int j = 0; j < 128; j += 8) {
            v8 a = __builtin_elementwise_max(load8(s->layer1[i][0] + j), load8(s->layer1[i][1] + j));
            v8 b = __builtin_elementwise_max(load8(s->layer1[i][2] + j), load8(s->layer1[i][3] + j));
            store8(any + j, __builtin_elementwise_max(a, b));
        }
        keep_active(&s->list[i], any, 128);
    }
    for (int block = 0; block < 2; block++)
        for (int i = 0; i < n; i++)
            convolve2(
                w->conv2[block], w->bias2 + 32 * block, s->layer1[i], &s->list[i],
                (float(*)[64])&s->layer2[i][0][32 * block]);
    for (int i = 0; i < n; i++) {
        keep_active(&s->list[i], s->layer2[i][0], 128);
        dense64(w->conv3[0], &s->list[i], w->bias3, s->layer2[i][0], s->layer3[i]);
        keep_active(&s->list[i], s->layer3[i], 64);
    }
    for (int block = 0; block < 2; block++)
        for (int i = 0; i < n; i++)
            dense64(
                w->conv4[block], &s->list[i], w->bias4 + 64 * block, s->layer3[i], s->layer4[i] + 64 * block);
}
