// The recurrent layer and the output. The layer is the network's largest matrix (512 × 256) and a single window uses
// each weight but once, so its cost is what has to be read: the encoder's half only for its active inputs.

// All four gates of sixteen cells: eight vectors of sums.
INLINE void accumulate(
    const float (*w)[2 * SILERO_HIDDEN][4][8], const float (*bias)[4][8], const float *x, const active *list,
    const float *hidden, float (*out)[4][8]) {
    v8 a[4], b[4];
    for (int g = 0; g < 4; g++) a[g] = load8(bias[0][g]), b[g] = load8(bias[1][g]);
    for (int i = 0; i < SILERO_HIDDEN; i++) {
        v8 input = all8(hidden[i]);
        for (int g = 0; g < 4; g++) a[g] += load8(w[0][SILERO_HIDDEN + i][g]) * input;
        for (int g = 0; g < 4; g++) b[g] += load8(w[1][SILERO_HIDDEN + i][g]) * input;
    }
    for (int n = 0; n < list->count; n++) {
        int i = list->index[n];
        v8 input = all8(x[i]);
        for (int g = 0; g < 4; g++) a[g] += load8(w[0][i][g]) * input;
        for (int g = 0; g < 4; g++) b[g] += load8(w[1][i][g]) * input;
    }
    for (int g = 0; g < 4; g++) store8(out[0][g], a[g]), store8(out[1][g], b[g]);
}

INLINE void advance(const float (*gates)[4][8], silero_state *state) {
    for (int group = 0; group < GROUPS; group++) {
        const float(*gate)[8] = gates[group];
        v8 cell = sigmoid8(load8(gate[1])) * load8(state->cell + 8 * group)
            + sigmoid8(load8(gate[0])) * tanh8(load8(gate[2]));
        store8(state->cell + 8 * group, cell);
        store8(state->hidden + 8 * group, sigmoid8(load8(gate[3])) * tanh8(cell));
    }
}

INLINE float probability(const silero_weights *w, const float *hidden) {
    v8 sum = all8(0);
    for (int i = 0; i < SILERO_HIDDEN; i += 8) sum += positive(load8(hidden + i)) * load8(w->output + i);
    float total = w->output_bias;
    for (int i = 0; i < 8; i++) total += sum[i];
    return sigmoid8(all8(total))[0];
}

__attribute__((noinline)) static void decode(
    const silero_weights *w, scratch *s, silero_state *states, float *probabilities, int n) {
    for (int i = 0; i < n; i++) keep_active(&s->list[i], s->layer4[i], SILERO_HIDDEN);
    for (int group = 0; group < GROUPS; group += 2)
        for (int i = 0; i < n; i++)
            accumulate(
                w->lstm + group, w->lstm_bias + group, s->layer4[i], &s->list[i], states[i].hidden,
                s->gates[i] + group);
    for (int i = 0; i < n; i++) {
        advance((const float(*)[4][8])s->gates[i], &states[i]);
        probabilities[i] = probability(w, states[i].hidden);
    }
}
