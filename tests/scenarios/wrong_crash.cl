/* wrong_crash.cl -- writes terabytes away from its buffer. */
__kernel void wrong_crash(__global float *x)
{
    x[get_global_id(0) + ((size_t)1 << 42)] = 1.0f;
}
