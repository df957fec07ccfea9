// The records of a call that goes on over several functions, until its last one.
#ifndef VERBSCOPE_PENDING_H
#define VERBSCOPE_PENDING_H
#include "format.h"
#include <stdbool.h>

// Between its first and its last call a queue is one thread's, which the provider's lock holds.
struct pending {
  struct record *slots;
  unsigned used, size, rows, last; // `last`: slot of the record that further calls describe
  bool lost;                       // there was no memory
  uint64_t t0, t1;
};
struct thread;
struct record *pending_add(struct pending *pending); // NULL when there is no memory
struct record *pending_more(struct pending *pending, unsigned slots); // the last record, with room behind it
void pending_clear(struct pending *pending);
// Hands the call's records to the ring, with their time, and starts anew.
void pending_copy(struct thread *thread, struct pending *pending);
#endif
