/* add.cl -- x = x + b, in place.
 *
 * One work item for each element; launch as many as x has.
 *   x  in and out, one float per work item
 *   b  what is added
 * The other half of a step x = a * x + b: with scale.cl it goes to memory twice, with scale_add.cl once
 * for any number of steps.
 */
__kernel void add(__global float *x, float b)
{
    size_t i = get_global_id(0);
    x[i] = x[i] + b;
}
