/* saxpy.cl -- y = a * x + y, the "hello, world" of compute (BLAS level 1).
 *
 * One work item for each element; launch as many as y has.
 *   y  in and out, one float per work item
 *   x  in, one float per work item
 *   a  the factor
 * Two floats read and one written for one multiplication and one addition: the memory bus is the
 * limit, never the arithmetic.
 */
__kernel void saxpy(__global float *y, __global const float *x, float a)
{
    size_t i = get_global_id(0);
    y[i] = a * x[i] + y[i];
}
