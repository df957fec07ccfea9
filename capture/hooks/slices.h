// Scatter/gather lists: the first entry in the record, four in each further slot.
#ifndef VERBSCOPE_SLICES_H
#define VERBSCOPE_SLICES_H
#include "ring.h"

enum { MOST_SLICES = 255 }; // devices offer some 30

// Slots of a record with this many entries.
static inline uint64_t slices_slots(int count)
{
  if (count > MOST_SLICES) count = MOST_SLICES;
  return count <= 1 ? 1u : 1u + ((unsigned)count + 2u) / 4u;
}

// Writes the entries of the record in slot `at`; returns its slots.
static inline uint64_t slices_put(struct thread *t, uint64_t at, const struct ibv_sge *list, int count)
{
  struct record *r = ring_slot(t, at);
  if (count > MOST_SLICES) count = MOST_SLICES;
  uint64_t slots = slices_slots(count);
  r->sges = count > 0 ? (uint8_t)count : 0;
  r->more = (uint8_t)(slots - 1);
  r->u.wr.sge = count > 0 ? (struct slice){list[0].addr, list[0].length, list[0].lkey} : (struct slice){0};
  for (int i = 1; i < count; i++) {
    struct slice *four = (struct slice *)ring_slot(t, at + 1u + (unsigned)(i - 1) / 4u);
    four[(i - 1) % 4] = (struct slice){list[i].addr, list[i].length, list[i].lkey};
  }
  return slots;
}
#endif
