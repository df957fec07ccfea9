// Extended queues that were wrapped, found by their address.
#ifndef VERBSCOPE_WRAPPED_H
#define VERBSCOPE_WRAPPED_H
#include "pending.h"
#include <stddef.h>

struct wrapped {
  const void *queue;
  void *original; // the functions that were there
  struct pending pending;
  struct wrapped *next;
};
struct wrapped *wrapped_find(const void *queue); // NULL when it was never wrapped
struct wrapped *wrapped_add(const void *queue, size_t original_bytes);
#endif
