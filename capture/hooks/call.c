#include "call.h"

void call_end_at(const struct call *call, struct record *record, int rc, uint64_t end)
{
  struct thread *t = call->thread;
  if (!t) return;
  int error = errno;
  record->t = call->t;
  record_duration(record, end - call->t);
  record->rc = record_rc(rc);
  record->flags |= FIRST_OF_CALL;
  t->depth = 0;
  runs_end(t);
  ring_copy(t, record, 1u + record->more);
  errno = error;
}

void call_end(const struct call *call, struct record *record, int rc)
{
  call_end_at(call, record, rc, ticks());
}
