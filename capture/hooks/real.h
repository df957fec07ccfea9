// The function that a wrapper stands before, of the version that programs of today are linked to.
#ifndef VERBSCOPE_REAL_H
#define VERBSCOPE_REAL_H
#include <stdatomic.h>

// Looked for behind this library; else in libibverbs or librdmacm as a plug-in of the program loaded them for
// itself (UCX does), where a search by order does not come. Ends the process when it is nowhere.
void *real_find(_Atomic(void *) *known, const char *name, const char *version);

// Declares `real` in a wrapper of the same name.
#define REAL(function, version)           \
  static _Atomic(void *) known_;          \
  __typeof__(&function) real = (__typeof__(&function))real_find(&known_, #function, version)

#define IBVERBS "IBVERBS_1.1"
#define RDMACM "RDMACM_1.0"
#endif
