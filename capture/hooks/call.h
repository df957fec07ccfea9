// Calls of the control path: time, thread and result around the real one.
#ifndef VERBSCOPE_CALL_H
#define VERBSCOPE_CALL_H
#include "clock.h"
#include "ring.h"
#include <errno.h>

struct call {
  struct thread *thread; // NULL: this call is not recorded
  uint64_t t;
};

// librdmacm's calls enclose calls of libibverbs, which are recorded too; others hide what they are made of.
static inline struct call call_begin(void)
{
  int error = errno;
  struct thread *t = thread_self();
  if (t) {
    runs_end(t);
    if (t->depth > 0) t = NULL;
    else t->depth = 1;
  }
  errno = error;
  return (struct call){.thread = t, .t = ticks()};
}
static inline struct call call_begin_outer(void)
{
  struct call call = call_begin();
  if (call.thread) call.thread->depth = 0;
  return call;
}
// `record` is the first of 1 + record->more slots. Leaves errno as it is.
void call_end(const struct call *call, struct record *record, int rc);
void call_end_at(const struct call *call, struct record *record, int rc, uint64_t end);

// What a call that returns a pointer, or -1, says of its failure.
static inline int failure_of(const void *made)
{
  return made ? 0 : errno > 0 ? errno : RC_UNKNOWN;
}
static inline int failure_in(int rc)
{
  return rc >= 0 ? rc : errno > 0 ? errno : RC_UNKNOWN;
}
#endif
