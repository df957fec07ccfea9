#include "wrapped.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { BUCKETS = 4096 };
static _Atomic(struct wrapped *) table[BUCKETS]; // entries stay: a queue that is made at the same place takes them over
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static _Atomic(struct wrapped *) *bucket(const void *queue)
{
  return &table[((uintptr_t)queue >> 6 ^ (uintptr_t)queue >> 18) % BUCKETS];
}

struct wrapped *wrapped_find(const void *queue)
{
  struct wrapped *w = atomic_load_explicit(bucket(queue), memory_order_acquire);
  while (w && w->queue != queue) w = w->next;
  return w;
}

struct wrapped *wrapped_add(const void *queue, size_t original_bytes)
{
  pthread_mutex_lock(&lock);
  struct wrapped *w = wrapped_find(queue);
  if (!w && (w = calloc(1, sizeof *w)) && (w->original = calloc(1, original_bytes))) {
    w->queue = queue;
    w->next = atomic_load(bucket(queue));
    atomic_store_explicit(bucket(queue), w, memory_order_release);
  }
  pthread_mutex_unlock(&lock);
  return w && w->original ? w : NULL;
}
