/* dev.h -- the foreign side: a real device, seen through a few words of our own.
 *
 * Nothing here knows goroutines, virtual time or OpenCL types. A launch is registered first and
 * executed later, slice by slice, when the runtime says that virtual time has come (product:
 * "Slices"). ocl.c implements it through the OpenCL ICD loader; none.c is the device that is not
 * there (--device none): it checks names and arguments just the same and executes nothing.
 *
 * Order of use: dev_open, dev_kernel / dev_buffer, dev_launch, dev_run, dev_fetch, dev_close.
 * Ids are small numbers from 0, valid until dev_close. The Dev owns all it made; the host memory
 * under a buffer stays the caller's and must outlive the Dev or dev_buffer_drop.
 */
#ifndef FAULTLINE_DEV_H
#define FAULTLINE_DEV_H

#include "../base/base.h"
#include "../base/diag.h"

typedef struct Dev Dev;

typedef struct {
    char platform[128];
    char name[128];
    char version[128]; /* the driver's own words */
    uint64_t memory_bytes;
    uint32_t compute_units;
    bool shares_host_memory; /* false: it stages copies; results appear on the host by dev_fetch */
    bool present;            /* false: --device none */
} DevInfo;

/* What each device that the ICD loader offers is. Returns false with a Diag (and *count = 0) when
 * there is no loader, no platform or no device, saying which package to install. free(*list). */
bool dev_list(DevInfo **list, size_t *count, Diag *d);

#define DEV_STAGING "staging"
/* want: "auto" (the first GPU, else the first device), "none", or a part of a device's or a
 * platform's name or the short name of its driver (pocl), whatever its case. "NAME,staging" takes a device
 * that shares the host's memory for one that has its own; "staging" is "auto,staging". */
bool dev_open(Dev **dev, const char *want, Diag *d);
void dev_close(Dev *dev);
const DevInfo *dev_info(const Dev *dev);
/* "running kernel saxpy" while the driver is at it, else "": for whoever finds the process crashed. */
const char *dev_doing(const Dev *dev);

typedef struct {
    uint32_t v;
} DevKernel;
typedef struct {
    uint32_t v;
} DevBuffer;
typedef struct {
    uint32_t v;
} DevLaunch;

/* The parameters of kernel `name`, read from its source text (signature.c), so that a wrong call is
 * refused in the same words on every device and on none. */
typedef enum {
    DEV_ARG_BUFFER,
    DEV_ARG_FLOAT,
    DEV_ARG_INT,
    DEV_ARG_UINT,
    DEV_ARG_KIND_COUNT
} DevArgKind;
typedef enum { DEV_FLOAT, DEV_INT, DEV_UINT, DEV_UCHAR } DevElement;
enum { DEV_ARGS_MAX = 16 };
typedef struct {
    char name[48];
    DevArgKind kind;
    DevElement element; /* of a buffer: what the kernel takes its bytes for */
    bool written;       /* a buffer without const */
} DevParam;
typedef struct {
    uint32_t count;
    DevParam param[DEV_ARGS_MAX];
} DevSignature;

/* Builds `source` and takes kernel `name` out of it. A build error is a Diag with file, line and
 * excerpt, the driver's words as the message. Asked for the same again, it gives the same one. */
bool dev_kernel(Dev *dev, const char *file, const char *name, const char *source, DevKernel *k,
                Diag *d);
const DevSignature *dev_signature(const Dev *dev, DevKernel k);

/* A buffer over host memory (zero-copy where the device can): page-aligned memory works best. */
bool dev_buffer(Dev *dev, void *host, size_t bytes, DevBuffer *b, Diag *d);
/* Forgets the buffer; twice is harmless. Launches that were registered with it keep it, as commands of
 * OpenCL do, and go on using its host memory, until they are dropped. */
void dev_buffer_drop(Dev *dev, DevBuffer b);

/* Memory of the device's own, which no host address leads to: its bytes are undefined at first. A part of it is a
 * buffer, too; `offset` is a multiple of DEV_PART_ALIGN, and parts may overlap. */
enum { DEV_PART_ALIGN = 4096 };
bool dev_memory(Dev *dev, size_t bytes, DevBuffer *b, Diag *d);
bool dev_part(Dev *dev, DevBuffer memory, size_t offset, size_t bytes, DevBuffer *b, Diag *d);
/* Between such a buffer and the host, at once. */
bool dev_read(Dev *dev, DevBuffer b, void *host, size_t bytes, Diag *d);

/* Memory of the host's from the driver, until dev_close; dev_buffer takes any part of it. Page-locked: the device
 * reaches it without the driver's help. Shared: host and device use one address, where the device can. */
typedef enum { DEV_HOST_LOCKED, DEV_HOST_SHARED } DevHost;
bool dev_host(Dev *dev, DevHost kind, size_t bytes, void **at, Diag *d); /* bytes: a multiple of DEV_PART_ALIGN */

typedef struct {
    DevArgKind kind;
    union {
        DevBuffer buffer;
        float f;
        int32_t i;
        uint32_t u;
    } v;
} DevArg;

/* Registers a one-dimensional launch of `items` work items; nothing runs yet. `args` are checked
 * against the signature. It is divided into `slices` contiguous ranges of work items as slice.h
 * says, the same on each device; fewer when there is not enough work: *slices is updated to what
 * it is. */
bool dev_launch(Dev *dev, DevKernel k, const DevArg *args, uint32_t arg_count, uint64_t items,
                uint32_t *slices, DevLaunch *launch, Diag *d);

/* Registers a copy of `bytes` between a buffer of the device's own and the host's memory, in slices like a launch. */
bool dev_transfer(Dev *dev, DevBuffer b, void *host, uint64_t bytes, bool to_device, uint32_t *slices,
                  DevLaunch *launch, Diag *d);

/* Executes slices [done, upto) of the launch really, as one range, and waits for them; does nothing
 * for those that ran before. Adds the device's own profiling time of what ran to *device_ns (may be
 * NULL). On the absent device it only counts. After a failure nobody knows which of them ran. */
bool dev_run(Dev *dev, DevLaunch launch, uint32_t upto, uint64_t *device_ns, Diag *d);

/* How long the driver takes, by the host's clock but for the last two, which are the device's own. */
typedef struct {
    uint64_t enqueue_ns; /* all calls that enqueue */
    uint64_t total_ns;   /* ... and until the call that waits has returned */
    uint64_t start_ns;   /* from the first command enqueued to started */
    uint64_t kernel_ns;  /* from the last one started to done */
} DevTimes;

/* For measuring: enqueues whole launches of it one behind the other, as often as said, and waits once
 * (`times` 0: on an empty queue). Its work items must fill groups of 64. False on the absent device too. */
bool dev_time(Dev *dev, DevLaunch launch, uint32_t times, DevTimes *t, Diag *d);

/* For a launch that lost its buffers on the way: what it wrote into those that were dropped since becomes
 * visible where they were. Nobody has their numbers any more, but C that knows the address would map them. */
bool dev_launch_fetch(Dev *dev, DevLaunch launch, Diag *d);

/* Forgets a launch; slices that have not run never will. */
void dev_launch_drop(Dev *dev, DevLaunch launch);

/* Makes what kernels wrote into the buffer visible in the host memory under it. A device with memory of its own
 * writes its copy there, all of it, over what the host wrote since and did not push. */
bool dev_fetch(Dev *dev, DevBuffer b, Diag *d);
/* Tells the device that the host wrote into the memory under the buffer. Like dev_fetch it speaks
 * of the address given to dev_buffer, wherever the object may have moved since. */
bool dev_push(Dev *dev, DevBuffer b, Diag *d);

#endif
