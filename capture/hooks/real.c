#define _GNU_SOURCE
#include "real.h"
#include "settings.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

void *real_find(_Atomic(void *) *known, const char *name, const char *version)
{
  void *found = atomic_load_explicit(known, memory_order_relaxed);
  if (found) return found;
  found = version ? dlvsym(RTLD_NEXT, name, version) : dlsym(RTLD_NEXT, name);
  if (!found && version) {
    const char *library = strncmp(version, "RDMACM", 6) == 0 ? "librdmacm.so.1" : "libibverbs.so.1";
    void *loaded = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    if (loaded) found = dlvsym(loaded, name, version);
  }
  if (!found) {
    say("%s was called, but no library has its version %s", name, version ? version : "");
    abort();
  }
  atomic_store_explicit(known, found, memory_order_relaxed);
  return found;
}
