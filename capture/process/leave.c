// Ways out of a process that run no destructor.
#define _GNU_SOURCE
#pragma GCC visibility push(default)
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#pragma GCC visibility pop
#include "life.h"
#include "real.h"

int execve(const char *path, char *const argv[], char *const envp[])
{
  REAL(execve, NULL);
  life_flush();
  return real(path, argv, envp);
}
int execv(const char *path, char *const argv[])
{
  REAL(execv, NULL);
  life_flush();
  return real(path, argv);
}
int execvp(const char *file, char *const argv[])
{
  REAL(execvp, NULL);
  life_flush();
  return real(file, argv);
}
int execvpe(const char *file, char *const argv[], char *const envp[])
{
  REAL(execvpe, NULL);
  life_flush();
  return real(file, argv, envp);
}
int fexecve(int fd, char *const argv[], char *const envp[])
{
  REAL(fexecve, NULL);
  life_flush();
  return real(fd, argv, envp);
}
// Those that take the arguments one by one go on to those that take a list.
#define COLLECT(first, argv)                                    \
  va_list list, copy;                                           \
  size_t count_ = 1;                                            \
  va_start(list, first);                                        \
  va_copy(copy, list);                                          \
  while (va_arg(copy, char *)) count_++;                        \
  va_end(copy);                                                 \
  char *argv[count_ + 1];                                       \
  argv[0] = (char *)first;                                      \
  for (size_t i_ = 1; i_ <= count_; i_++) argv[i_] = va_arg(list, char *)

int execl(const char *path, const char *first, ...)
{
  COLLECT(first, argv);
  va_end(list);
  return execv(path, argv);
}
int execlp(const char *file, const char *first, ...)
{
  COLLECT(first, argv);
  va_end(list);
  return execvp(file, argv);
}
int execle(const char *path, const char *first, ...)
{
  COLLECT(first, argv);
  char *const *envp = va_arg(list, char *const *);
  va_end(list);
  return execve(path, argv, envp);
}
// The process ends as if it was killed, without a footer.
void abort(void)
{
  REAL(abort, NULL);
  life_flush();
  real();
  __builtin_unreachable();
}
void _exit(int status)
{
  REAL(_exit, NULL);
  life_end();
  real(status);
  __builtin_unreachable();
}
void _Exit(int status)
{
  REAL(_Exit, NULL);
  life_end();
  real(status);
  __builtin_unreachable();
}
