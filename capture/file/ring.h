// Each thread writes slots to a ring of its own, which the drain thread empties: one writer, one reader, no lock.
#ifndef VERBSCOPE_RING_H
#define VERBSCOPE_RING_H
#include "cost.h"
#include "format.h"
#include "pending.h"
#include "verbs.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// Empty polls of one CQ since the thread's last other record.
struct empty_run {
  struct ibv_cq *cq;
  uint32_t handle;
  uint8_t ctx;
  uint64_t first, count, last, sum, timed;
};
enum { EMPTY_RUNS = 8, SCRATCH_SLOTS = 256 };

struct thread {
  // The writer's own.
  struct record *slots;
  uint64_t mask, next, room; // next slot; the first that the reader may not have emptied
  uint32_t tid, number;
  unsigned depth;            // of wrapped calls under way: what they call is theirs
  unsigned runs;
  struct empty_run run[EMPTY_RUNS];
  struct pending spare; // room that a call over several functions may take
  struct record scratch[SCRATCH_SLOTS]; // where long control records are put together
  // Shared.
  _Alignas(64) _Atomic uint64_t head; // slots before it are whole
  _Alignas(64) _Atomic uint64_t tail; // slots before it are in the file
  _Atomic uint64_t dropped, waited;
  _Atomic bool ended;
  struct cost cost;
  uint64_t announced; // by the drain thread: dropped records that the file tells of
  struct thread *older;
};

extern _Atomic(struct thread *) threads; // the newest first
extern __thread struct thread *thread_here __attribute__((tls_model("initial-exec")));
extern _Atomic bool recording;

struct thread *thread_enter(void);
void threads_forget(void); // in a child after fork: they are the parent's

// The calling thread while recording is on, otherwise NULL.
static inline struct thread *thread_self(void)
{
  if (__builtin_expect(!atomic_load_explicit(&recording, memory_order_relaxed), 0)) return NULL;
  return __builtin_expect(thread_here != NULL, 1) ? thread_here : thread_enter();
}

bool ring_wait(struct thread *thread, uint64_t count, uint64_t records);

// Whether `count` slots may be written; otherwise `records` were counted as dropped.
static inline bool ring_reserve(struct thread *thread, uint64_t count, uint64_t records)
{
  if (__builtin_expect(thread->next + count <= thread->room, 1)) return true;
  return ring_wait(thread, count, records);
}
static inline struct record *ring_slot(struct thread *thread, uint64_t ahead)
{
  return &thread->slots[(thread->next + ahead) & thread->mask];
}
static inline void ring_publish(struct thread *thread, uint64_t count)
{
  thread->next += count;
  // The reader had these lines last: fetching them back is begun before they are written.
  __builtin_prefetch(ring_slot(thread, 2), 1);
  atomic_store_explicit(&thread->head, thread->next, memory_order_release);
}
// A whole record from elsewhere, with its `more` slots.
void ring_copy(struct thread *thread, const struct record *records, uint64_t count);

void runs_flush(struct thread *thread);
static inline void runs_end(struct thread *thread)
{
  if (__builtin_expect(thread->runs != 0, 0)) runs_flush(thread);
}

static inline void record_duration(struct record *record, uint64_t ticks)
{
  if (ticks >> 40) ticks = (1ull << 40) - 1;
  record->dur_low = (uint32_t)ticks;
  record->dur_high = (uint8_t)(ticks >> 32);
}
static inline uint8_t record_rc(int rc)
{
  return rc >= 0 && rc < RC_UNKNOWN ? (uint8_t)rc : RC_UNKNOWN;
}
#endif
