// The thread that empties the rings into the file, and what must be in the file at certain moments.
#ifndef VERBSCOPE_DRAIN_H
#define VERBSCOPE_DRAIN_H
#include <stdbool.h>

bool drain_start(void);
void drain_wake(void);   // from any thread that records
void drain_all(void);    // everything that is whole now
void drain_stop(void);   // empties all, writes the footer, ends the thread
void drain_lock(void);   // around fork
void drain_unlock(void);
void drain_forget(void); // in a child after fork
#endif
