#define _GNU_SOURCE
#include "ring.h"
#include "clock.h"
#include "drain.h"
#include "life.h"
#include "settings.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Atomic(struct thread *) threads;
__thread struct thread *thread_here __attribute__((tls_model("initial-exec")));
_Atomic bool recording;
static _Atomic uint32_t entered;
static pthread_key_t at_exit;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void thread_leave(void *thread)
{
  struct thread *t = thread;
  if (t != thread_here) return; // of the parent, before a fork
  runs_end(t);
  thread_here = NULL;
  atomic_store_explicit(&t->ended, true, memory_order_release);
}
static void make_key(void)
{
  pthread_key_create(&at_exit, thread_leave);
}

static void *pages_of(size_t bytes)
{
  void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return p == MAP_FAILED ? NULL : p;
}

struct thread *thread_enter(void)
{
  int error = errno;
  pthread_once(&once, make_key);
  struct thread *t = pages_of(sizeof *t);
  struct record *slots = pages_of(settings.slots * sizeof *slots);
  if (!t || !slots) {
    say("no memory for what a thread records: recording ends");
    atomic_store(&recording, false);
    errno = error;
    return NULL;
  }
  t->slots = slots;
  t->mask = settings.slots - 1;
  t->room = settings.slots;
  t->tid = (uint32_t)syscall(SYS_gettid);
  t->number = atomic_fetch_add(&entered, 1);
  t->older = atomic_load(&threads);
  while (!atomic_compare_exchange_weak(&threads, &t->older, t)) continue;
  thread_here = t;
  pthread_setspecific(at_exit, t);
  life_thread_entered();
  errno = error;
  return t;
}

void threads_forget(void)
{
  atomic_store(&threads, NULL);
  atomic_store(&entered, 0);
  thread_here = NULL;
}

// Slow path: looks how far the reader is, wakes it, waits for it as long as the settings allow.
bool ring_wait(struct thread *t, uint64_t count, uint64_t records)
{
  uint64_t size = t->mask + 1, begun = 0;
  int error = errno;
  for (;;) {
    uint64_t tail = atomic_load_explicit(&t->tail, memory_order_acquire), used = t->next - tail;
    // Half a ring at a time, so that the reader is woken long before the ring is full.
    t->room = used + count <= size / 2 ? tail + size / 2 : tail + size;
    if (used > size / 4) drain_wake();
    if (t->next + count <= t->room) {
      errno = error;
      return true;
    }
    if (count > size || settings.wait_ns == 0) break;
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    if (begun == 0) {
      begun = now;
      cost_bump(&t->waited);
    }
    if (now - begun > settings.wait_ns) break;
    // Asleep, for who yields in a loop takes the CPU that the reader needs.
    nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
  }
  atomic_fetch_add_explicit(&t->dropped, records, memory_order_relaxed);
  errno = error;
  return false;
}

void ring_copy(struct thread *t, const struct record *records, uint64_t count)
{
  if (!ring_reserve(t, count, 1)) return;
  for (uint64_t i = 0; i < count; i++) *ring_slot(t, i) = records[i];
  ring_publish(t, count);
}

void runs_flush(struct thread *t)
{
  unsigned count = t->runs;
  t->runs = 0;
  if (!ring_reserve(t, count, count)) return;
  for (unsigned i = 0; i < count; i++) {
    const struct empty_run *run = &t->run[i];
    struct record *r = ring_slot(t, i);
    *r = (struct record){
      .kind = EMPTY_POLLS,
      .ctx = run->ctx,
      .obj = run->handle,
      .t = run->first,
      .flags = FIRST_OF_CALL,
      .u.empty = {.count = run->count, .last = run->last, .sum = run->sum, .timed = run->timed},
    };
  }
  ring_publish(t, count);
}
