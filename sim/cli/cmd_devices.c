/* cmd_devices.c -- faultline devices: what --device can name. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>

static const struct argp argp = {
    NULL, NULL, "",  "List the OpenCL platforms and devices that --device can name.",
    NULL, NULL, NULL};

int cmd_devices(int argc, char **argv) {
    cli_parse(&argp, argc, argv, NULL);
    DevInfo *list;
    size_t count;
    Diag d;
    if (!dev_list(&list, &count, &d)) return cli_fail(&d);
    for (size_t i = 0; i < count; i++) {
        printf("%s\n  platform  %s\n  driver    %s\n  %u compute units, %llu MiB, %s\n",
               list[i].name, list[i].platform, list[i].version, list[i].compute_units,
               (unsigned long long)(list[i].memory_bytes >> 20),
               list[i].shares_host_memory ? "shares the host's memory"
                                          : "has memory of its own: results are copied");
        if (!list[i].shares_host_memory) continue;
        printf("%s," DEV_STAGING "\n  the same with memory of its own, as a discrete GPU: its buffers are copies\n",
               list[i].name);
    }
    free(list);
    return EXIT_WELL;
}
