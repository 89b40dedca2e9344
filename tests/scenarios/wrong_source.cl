/* wrong_source.cl -- does not compile: `factor` is not declared, the parameter is `a`. */
__kernel void wrong_source(__global float *x, float a)
{
    size_t i = get_global_id(0);
    x[i] = factor * x[i];
}
