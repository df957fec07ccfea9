#define _GNU_SOURCE
#include "drain.h"
#include "clock.h"
#include "file.h"
#include "ring.h"
#include "settings.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>

// A ring of 65536 slots lasts 6 ms at 10 million calls a second; who fills it faster wakes the reader.
enum { BUSY_NS = 1000000, IDLE_NS = 20000000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t drainer;
static bool running; // under lock
static sem_t bell;
static _Atomic bool rung, stopping;

void drain_wake(void)
{
  if (!atomic_exchange_explicit(&rung, true, memory_order_relaxed)) sem_post(&bell);
}

static uint64_t drain_thread(struct thread *t)
{
  bool ended = atomic_load_explicit(&t->ended, memory_order_acquire);
  uint64_t tail = atomic_load_explicit(&t->tail, memory_order_relaxed),
           head = atomic_load_explicit(&t->head, memory_order_acquire), count = head - tail,
           dropped = atomic_load_explicit(&t->dropped, memory_order_relaxed);
  if (!t->slots || (count == 0 && dropped == t->announced && !ended)) return 0;
  if (count > 0 || dropped != t->announced) {
    uint64_t from = tail & t->mask, whole = count < t->mask + 1 - from ? count : t->mask + 1 - from;
    struct block_head head_of = {
      .magic = BLOCK_MAGIC,
      .tid = t->tid,
      .thread = t->number,
      .before = tail,
      .dropped = dropped,
      .waited = atomic_load_explicit(&t->waited, memory_order_relaxed),
    };
    if (!file_block(&head_of, t->slots + from, whole * sizeof(struct record), t->slots,
                    (count - whole) * sizeof(struct record))) {
      atomic_store(&recording, false);
      return 0;
    }
    t->announced = dropped;
    atomic_store_explicit(&t->tail, head, memory_order_release);
  }
  if (ended) {
    munmap(t->slots, (t->mask + 1) * sizeof(struct record));
    t->slots = NULL;
  }
  return count;
}

static uint64_t drain_locked(void)
{
  uint64_t count = 0;
  for (struct thread *t = atomic_load(&threads); t; t = t->older) count += drain_thread(t);
  return count;
}

void drain_all(void)
{
  pthread_mutex_lock(&lock);
  if (running) drain_locked();
  pthread_mutex_unlock(&lock);
}

static void *drain_loop(void *unused)
{
  (void)unused;
  uint64_t pause = BUSY_NS;
  while (!atomic_load(&stopping)) {
    pthread_mutex_lock(&lock);
    uint64_t count = drain_locked();
    pthread_mutex_unlock(&lock);
    pause = count > 0 ? BUSY_NS : pause * 2 < IDLE_NS ? pause * 2 : IDLE_NS;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)pause;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (sem_timedwait(&bell, &until) && errno == EINTR) continue;
    atomic_store_explicit(&rung, false, memory_order_relaxed);
  }
  return NULL;
}

bool drain_start(void)
{
  sem_init(&bell, 0, 0);
  atomic_store(&stopping, false);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before); // signals are the program's
  int rc = pthread_create(&drainer, NULL, drain_loop, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (rc) return false;
  pthread_setname_np(drainer, "verbscope-drain");
  running = true;
  return true;
}

void drain_stop(void)
{
  pthread_mutex_lock(&lock);
  bool was = running;
  if (running) {
    drain_locked();
    file_footer();
    file_close();
    running = false;
  }
  atomic_store(&stopping, true);
  pthread_mutex_unlock(&lock);
  if (!was) return;
  sem_post(&bell);
  pthread_join(drainer, NULL);
}

void drain_lock(void)
{
  pthread_mutex_lock(&lock);
}
void drain_unlock(void)
{
  pthread_mutex_unlock(&lock);
}
void drain_forget(void)
{
  running = false;
  atomic_store(&rung, false);
}
