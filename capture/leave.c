// Ways out of a process that run no destructor.
#define _GNU_SOURCE
#pragma GCC visibility push(default)
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
