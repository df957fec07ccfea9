#include "pending.h"
#include "ring.h"
#include <stdlib.h>
#include <string.h>

static bool grow(struct pending *p, unsigned slots)
{
  if (p->used + slots <= p->size) return true;
  unsigned size = p->size ? p->size * 2 : 64;
  while (size < p->used + slots) size *= 2;
  struct record *grown = realloc(p->slots, size * sizeof *grown);
  if (!grown) {
    p->lost = true;
    return false;
  }
  p->slots = grown;
  p->size = size;
  return true;
}

void pending_clear(struct pending *p)
{
  p->used = p->rows = 0;
  p->lost = false;
}

struct record *pending_add(struct pending *p)
{
  if (!grow(p, 1)) return NULL;
  p->last = p->used++;
  p->rows++;
  p->slots[p->last] = (struct record){.kind = 0};
  return &p->slots[p->last];
}

struct record *pending_more(struct pending *p, unsigned slots)
{
  if (p->rows == 0 || !grow(p, slots)) return NULL;
  struct record *r = &p->slots[p->last];
  memset(r + 1, 0, slots * sizeof *r);
  r->more = (uint8_t)slots;
  p->used = p->last + 1 + slots;
  return r;
}

void pending_copy(struct thread *t, struct pending *p)
{
  runs_end(t);
  if (p->lost) atomic_fetch_add_explicit(&t->dropped, p->rows, memory_order_relaxed);
  else if (p->rows > 0 && ring_reserve(t, p->used, p->rows)) {
    for (unsigned at = 0; at < p->used; at += 1u + p->slots[at].more) {
      struct record *r = &p->slots[at];
      r->t = p->t0;
      record_duration(r, p->t1 - p->t0);
      if (at == 0) r->flags |= FIRST_OF_CALL;
    }
    for (unsigned at = 0; at < p->used; at++) *ring_slot(t, at) = p->slots[at];
    ring_publish(t, p->used);
  }
  pending_clear(p);
}
