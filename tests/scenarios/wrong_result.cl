/* wrong_result.cl -- x = a * x, but for the last of the n elements: an off-by-one that no compiler sees. */
__kernel void wrong_result(__global float *x, float a, int n)
{
    int i = (int)get_global_id(0);
    if (i < n - 1) x[i] = a * x[i];
}
