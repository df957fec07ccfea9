// What the recorder adds to the calls of the data path, measured on one call of every COST_EVERY.
#ifndef VERBSCOPE_COST_H
#define VERBSCOPE_COST_H
#include "format.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum cost_call {
  COST_SEND, COST_RECV, COST_SRQ_RECV, COST_POLL, COST_EMPTY,
  COST_NOTIFY, COST_WR, COST_CQ_EX, COST_CALLS
};
enum { COST_EVERY = 32, COST_BUCKETS = 160 };

// Written by one thread, read at the end: ticks in buckets of an eighth of a power of two.
struct cost {
  _Atomic uint64_t calls[COST_CALLS];
  _Atomic uint32_t buckets[COST_CALLS][COST_BUCKETS];
};

// Counts a call; whether it is one that is measured.
static inline bool cost_due(struct cost *cost, enum cost_call call)
{
  uint64_t calls = atomic_load_explicit(&cost->calls[call], memory_order_relaxed);
  atomic_store_explicit(&cost->calls[call], calls + 1, memory_order_relaxed);
  return calls % COST_EVERY == 0;
}
static inline void cost_bump(_Atomic uint64_t *counter)
{
  atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_relaxed);
}

static inline unsigned cost_bucket(uint64_t ticks)
{
  if (ticks < 8) return (unsigned)ticks;
  unsigned top = 63u - (unsigned)__builtin_clzll(ticks), bucket = (top - 2) * 8 + (unsigned)(ticks >> (top - 3) & 7);
  return bucket < COST_BUCKETS ? bucket : COST_BUCKETS - 1;
}
static inline void cost_add(struct cost *cost, enum cost_call call, uint64_t ticks)
{
  _Atomic uint32_t *bucket = &cost->buckets[call][cost_bucket(ticks)];
  atomic_store_explicit(bucket, atomic_load_explicit(bucket, memory_order_relaxed) + 1, memory_order_relaxed);
}

void cost_gather(struct cost *sum, struct cost *of);
unsigned cost_ends(struct cost *sum, struct cost_end *ends); // at most COST_CALLS; returns how many
void cost_print(const struct cost_end *ends, unsigned count);
#endif
