/* decode.cl -- one step of a language model, at teaching size: each slot of a batch reads on, and says its next token.
 *
 * One work item for each slot; launch as many as the batch has.
 *   sequence  in and out, room tokens for each slot: the prompt, and behind it what was said
 *   cache     in and out, 2 * room * 16 ints for each slot: the keys of all tokens that were read, and their values
 *   span      in, two ints for each slot: from which token on to read, and up to which; the next one is written
 *             there. A prompt is read at once, an answer token by token. From = up to: nobody is in this slot
 *   model     in, 64 * 16 + 3 * 16 * 16 ints from -8 to 7: the embedding, then what makes queries, keys and values
 *   room      tokens that a slot has room for
 * A decoder of one layer and one head: embed, remember key and value, attend to all that is remembered, and of 64 tokens
 * take the one that the result is nearest to; less what was said last, or it would say the same again and again. It is
 * not trained, so what it says means nothing; but each token depends on all before it, through the cache alone.
 *
 * Whole numbers, and powers of two for exp() in the softmax: every device says the same. What the weights of the
 * softmax are divided by is left out: it changes all logits alike. A real model has a thousand work items for what is one
 * here; that a batch needs hardly longer than one of its slots is the same.
 */
#define VOCAB 64
#define DIM 16
#define PART (DIM * DIM)

static void embed(int *x, __global const int *model, int token, int at)
{
    for (int d = 0; d < DIM; d++)
        x[d] = model[token * DIM + d] + (at * (d + 1)) % 8 - 4;
}

static int row_times(__global const int *row, const int *x)
{
    int sum = 0;
    for (int d = 0; d < DIM; d++)
        sum += row[d] * x[d];
    return sum;
}

static int nearest(__global const int *model, const int *y)
{
    int best = 0, most = row_times(model, y);
    for (int token = 1; token < VOCAB; token++) {
        int logit = row_times(model + token * DIM, y);
        if (logit > most) {
            best = token;
            most = logit;
        }
    }
    return best;
}

__kernel void decode(__global int *sequence, __global int *cache, __global const int *span, __global const int *model, int room)
{
    int slot = (int)get_global_id(0), from = span[2 * slot], upto = span[2 * slot + 1];
    __global const int *query = model + VOCAB * DIM, *key = query + PART, *value = key + PART;
    __global int *keys = cache + slot * 2 * room * DIM, *values = keys + room * DIM;
    int x[DIM], q[DIM], y[DIM], most = INT_MIN;
    if (from == upto)
        return;
    sequence += slot * room;
    for (int at = from; at < upto; at++) {
        embed(x, model, sequence[at], at);
        for (int d = 0; d < DIM; d++) {
            keys[at * DIM + d] = row_times(key + d * DIM, x) >> 4;
            values[at * DIM + d] = row_times(value + d * DIM, x) >> 4;
        }
    }
    for (int d = 0; d < DIM; d++) {
        q[d] = row_times(query + d * DIM, x) >> 4;
        y[d] = 0;
    }
    for (int at = 0; at < upto; at++)
        most = max(most, row_times(keys + at * DIM, q));
    for (int at = 0; at < upto; at++) {
        int weight = 256 >> min(8, (most - row_times(keys + at * DIM, q)) >> 4);
        for (int d = 0; d < DIM; d++)
            y[d] += weight * (values[at * DIM + d] - x[d]);
    }
    sequence[upto] = nearest(model, y);
}
