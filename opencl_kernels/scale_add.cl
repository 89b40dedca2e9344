/* scale_add.cl -- x = a * x + b, so many times: scale and add, fused.
 *
 * One work item for each element; launch as many as x has.
 *   x      in and out, one float per work item
 *   a, b   factor and summand
 *   steps  how many times
 * The value stays in a register from the first step to the last: memory is read once and written once, and
 * one launch does what scale.cl and add.cl need 2 * steps launches for.
 */
__kernel void scale_add(__global float *x, float a, float b, int steps)
{
    size_t i = get_global_id(0);
    float v = x[i];
    for (int k = 0; k < steps; k++) {
        v = a * v;
        v = v + b;
    }
    x[i] = v;
}
