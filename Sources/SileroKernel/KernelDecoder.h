// The recurrent layer and the output. The layer is the network's largest matrix (512 × 256) and a single window uses
// each weight but once, so its cost is what has to be read: the encoder's half only for its active inputs.

// The hidden state's part of all four gates, for sixteen cells of one session: eight vectors of sums.
INLINE void recur(const silero_weights *w, int group, const float *hidden, float out[2][4][8]) {
    v8 a[4], b[4];
    for (int g = 0; g < 4; g++) a[g] = load8(w->lstm_bias[group][0][g]), b[g] = load8(w->lstm_bias[group][1][g]);
    for (int i = 0; i < SILERO_HIDDEN; i++) {
        const float(*row)[4][8] = w->lstm[group][SILERO_HIDDEN + i];
        ahead(row, sizeof w->lstm[0][0]);
        v8 input = all8(hidden[i]);
        for (int g = 0; g < 4; g++) a[g] += load8(row[0][g]) * input;
        for (int g = 0; g < 4; g++) b[g] += load8(row[1][g]) * input;
    }
    for (int g = 0; g < 4; g++) store8(out[0][g], a[g]), store8(out[1][g], b[g]);
}

// The same for eight cells of two sessions: each weight that is read serves both.
INLINE void recur_pair(
    const silero_weights *w, int group, int half, const float *one, const float *other, float out[4][8],
    float out_other[4][8]) {
    v8 a[4], b[4];
    for (int g = 0; g < 4; g++) a[g] = b[g] = load8(w->lstm_bias[group][half][g]);
    for (int i = 0; i < SILERO_HIDDEN; i++) {
        const float(*row)[8] = w->lstm[group][SILERO_HIDDEN + i][half];
        v8 x = all8(one[i]), y = all8(other[i]);
        for (int g = 0; g < 4; g++) {
            v8 weight = load8(row[g]);
            a[g] += weight * x;
            b[g] += weight * y;
        }
    }
    for (int g = 0; g < 4; g++) store8(out[g], a[g]), store8(out_other[g], b[g]);
}

// Adds the encoder's part.
INLINE void feed(const silero_weights *w, int group, const float *x, const active *list, float out[2][4][8]) {
    v8 a[4], b[4];
    for (int g = 0; g < 4; g++) a[g] = load8(out[0][g]), b[g] = load8(out[1][g]);
    for (int n = 0; n < list->count; n++) {
        const float(*row)[4][8] = w->lstm[group][list->index[n]];
        v8 input = all8(x[list->index[n]]);
        for (int g = 0; g < 4; g++) a[g] += load8(row[0][g]) * input;
        for (int g = 0; g < 4; g++) b[g] += load8(row[1][g]) * input;
    }
    for (int g = 0; g < 4; g++) store8(out[0][g], a[g]), store8(out[1][g], b[g]);
}

INLINE void advance(const float (*gates)[4][8], silero_state *state) {
    for (int group = 0; group < 2 * GROUPS; group++) {
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
    for (int group = 0; group < GROUPS; group++) {
        for (int half = 0; half < 2; half++)
            for (int i = 0; i + 1 < n; i += 2)
                recur_pair(
                    w, group, half, states[i].hidden, states[i + 1].hidden, s->gates[i][group][half],
                    s->gates[i + 1][group][half]);
        if (n % 2) recur(w, group, states[n - 1].hidden, s->gates[n - 1][group]);
        for (int i = 0; i < n; i++) feed(w, group, s->layer4[i], &s->list[i], s->gates[i][group]);
    }
    for (int i = 0; i < n; i++) {
        advance((const float(*)[4][8])s->gates[i][0], &states[i]);
        probabilities[i] = probability(w, states[i].hidden);
    }
}
