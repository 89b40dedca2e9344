/* mandelbrot.cl -- the Mandelbrot set, as a picture of iteration counts.
 *
 * One work item for each pixel, row by row from the top; launch width * height of them.
 *   pixels    out, width * height floats: the number of steps until the point escaped, from 0 to
 *             max_iter; max_iter means that it did not. A count is a whole number, kept as float
 *             so that a picture is one array of one type.
 *   width     pixels in a row
 *   height    rows
 *   max_iter  steps after which a point counts as inside
 * The view is 3.5 wide, from -2.5 to 1 on the real axis and centred on it, with square pixels.
 *
 * Neighbouring work items need very different numbers of steps: on SIMT hardware the lanes that
 * escaped early wait for those that did not (chapter 18.4, divergence), and the slices of one
 * launch are of very different cost.
 */
__kernel void mandelbrot(__global float *pixels, int width, int height, int max_iter)
{
    size_t i = get_global_id(0);
    float step = 3.5f / (float)width;
    float cr = -2.5f + step * ((float)(i % (size_t)width) + 0.5f);
    float ci = step * (0.5f * (float)height - (float)(i / (size_t)width) - 0.5f);
    float zr = 0.0f;
    float zi = 0.0f;
    int count = 0;
    while (count < max_iter && zr * zr + zi * zi <= 4.0f) {
        float next = zr * zr - zi * zi + cr;
        zi = 2.0f * zr * zi + ci;
        zr = next;
        count++;
    }
    pixels[i] = (float)count;
}
