// Which frames back a registered region, and what mapping it lies in.
#ifndef VERBSCOPE_PAGES_H
#define VERBSCOPE_PAGES_H
#include "ring.h"
#include <stdbool.h>

// Whether this process sees frames: Linux shows zeros without CAP_SYS_ADMIN.
bool pages_visible(void);
// Records the pages of the region that `region` says was registered.
void pages_record(struct thread *, const struct record *region, uint64_t addr, uint64_t length);
#endif
