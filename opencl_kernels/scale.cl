/* scale.cl -- x = a * x, in place.
 *
 * One work item for each element; launch as many as x has.
 *   x  in and out, one float per work item
 *   a  the factor
 * The smallest kernel that still changes memory: what a launch costs shows best with it. Run twice
 * it scales twice, so a slice executed two times, or never, shows in the result.
 */
__kernel void scale(__global float *x, float a)
{
    size_t i = get_global_id(0);
    x[i] = a * x[i];
}
