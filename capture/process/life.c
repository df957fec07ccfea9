#define _GNU_SOURCE
#include "life.h"
#include "clock.h"
#include "crc.h"
#include "drain.h"
#include "file.h"
#include "ring.h"
#include "settings.h"
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool begun;              // under lock
static _Atomic bool inherited;  // devices that were opened before a fork
static pid_t process, parent;

void life_begin(void)
{
  int error = errno;
  pthread_mutex_lock(&lock);
  if (!begun && atomic_load(&recording)) {
    begun = true;
    if (!file_open((uint32_t)parent) || !drain_start()) atomic_store(&recording, false);
  }
  pthread_mutex_unlock(&lock);
  errno = error;
}

void life_thread_entered(void)
{
  if (atomic_exchange(&inherited, false)) life_begin();
}

static void before_fork(void)
{
  pthread_mutex_lock(&lock);
  drain_lock();
}
static void after_fork_parent(void)
{
  drain_unlock();
  pthread_mutex_unlock(&lock);
}
// The child's rings are copies of the parent's, who writes them to its own file.
static void after_fork_child(void)
{
  atomic_store(&inherited, begun || atomic_load(&inherited));
  threads_forget();
  drain_forget();
  file_close();
  begun = false;
  parent = process;
  process = getpid();
  drain_unlock();
  pthread_mutex_unlock(&lock);
}

void life_flush(void)
{
  if (getpid() != process) return; // a child after vfork, in its parent's memory
  if (thread_here) runs_end(thread_here);
  drain_all();
}

void life_end(void)
{
  if (getpid() != process) return;
  if (thread_here) runs_end(thread_here);
  atomic_store(&recording, false);
  pthread_mutex_lock(&lock);
  bool was = begun;
  begun = false;
  pthread_mutex_unlock(&lock);
  if (was) drain_stop();
}

__attribute__((constructor)) static void load(void)
{
  settings_read();
  crc_prepare();
  clock_choose();
  process = getpid();
  pthread_atfork(before_fork, after_fork_parent, after_fork_child);
  atomic_store(&recording, true);
}
// Behind the program's own exit handlers, which may still use verbs.
__attribute__((destructor)) static void unload(void)
{
  life_end();
}
