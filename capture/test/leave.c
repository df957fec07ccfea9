// leave HOW: one message, and then the process ends as HOW says.
#include "pair.h"
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
  struct pair p;
  MUST(argc == 2);
  pair_open(&p);
  pair_message(&p, 0, 1, 64);
  if (strcmp(argv[1], "_exit") == 0) _exit(5);
  if (strcmp(argv[1], "abort") == 0) abort();
  if (strcmp(argv[1], "wait") == 0) puts("waiting"), fflush(stdout), pause();
  if (strcmp(argv[1], "exec") == 0) execv(argv[0], (char *[]){argv[0], "execl", NULL});
  if (strcmp(argv[1], "execl") == 0) execl(argv[0], argv[0], "exit", (char *)NULL);
  if (strcmp(argv[1], "fork") == 0 || strcmp(argv[1], "idle-fork") == 0) {
    pid_t child = fork();
    if (child == 0) {
      if (argv[1][0] == 'f') pair_message(&p, 1, 2, 128);
      exit(0);
    }
    int status;
    MUST(waitpid(child, &status, 0) == child && status == 0);
    pair_message(&p, 0, 3, 256);
  }
  pair_close(&p);
  return 0;
}
