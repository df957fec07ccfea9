#include "settings.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings settings;

static uint64_t number(const char *name, uint64_t otherwise, uint64_t least, uint64_t most)
{
  const char *said = getenv(name);
  if (!said || !*said) return otherwise;
  char *end;
  unsigned long long value = strtoull(said, &end, 10);
  if (*end || value < least || value > most) {
    say("%s is \"%s\", but must be a number from %llu to %llu: %llu is used", name, said, (unsigned long long)least,
        (unsigned long long)most, (unsigned long long)otherwise);
    return otherwise;
  }
  return value;
}

static enum pages pages(void)
{
  const char *said = getenv("VERBSCOPE_CAPTURE_PAGES");
  if (!said || !*said || strcmp(said, "all") == 0) return PAGES_ALL;
  if (strcmp(said, "runs") == 0) return PAGES_RUNS;
  if (strcmp(said, "none") == 0) return PAGES_NONE;
  say("VERBSCOPE_CAPTURE_PAGES is \"%s\", but must be all, runs or none: all is used", said);
  return PAGES_ALL;
}

void settings_read(void)
{
  const char *file = getenv("VERBSCOPE_CAPTURE_FILE"), *clock = getenv("VERBSCOPE_CAPTURE_CLOCK");
  uint64_t asked = number("VERBSCOPE_CAPTURE_RING", 65536, 256, 1u << 24);
  settings.file = file && *file ? file : "verbscope.%r.%p.vcap";
  settings.slots = 256;
  while (settings.slots < asked) settings.slots *= 2;
  settings.wait_ns = number("VERBSCOPE_CAPTURE_WAIT_MS", 1000, 0, 3600000) * 1000000u;
  settings.pages = pages();
  settings.quiet = getenv("VERBSCOPE_CAPTURE_QUIET") != NULL;
  settings.system_clock = clock && strcmp(clock, "system") == 0;
}

// The process's number in its job, as MPI's and Slurm's launchers say it.
static const char *rank(void)
{
  static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "MV2_COMM_WORLD_RANK",
                                      "SLURM_PROCID"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *said = getenv(names[i]);
    if (said && *said && strspn(said, "0123456789") == strlen(said)) return said;
  }
  return NULL;
}

bool settings_file_name(char *name, size_t size)
{
  size_t n = 0;
  for (const char *c = settings.file; *c; c++) {
    char piece[300] = {*c, 0};
    if (c[0] == '%' && c[1] == 'p') snprintf(piece, sizeof piece, "%d", (int)getpid());
    if (c[0] == '%' && c[1] == 'h' && gethostname(piece, sizeof piece)) return false;
    if (c[0] == '%' && c[1] == 'r') {
      const char *number = rank();
      snprintf(piece, sizeof piece, number ? "rank%s" : "process", number);
    }
    if (c[0] == '%' && c[1] && strchr("phr", c[1])) c++;
    piece[sizeof piece - 1] = 0;
    size_t length = strlen(piece);
    if (n + length >= size) return false;
    memcpy(name + n, piece, length + 1);
    n += length;
  }
  return n > 0;
}

void say(const char *format, ...)
{
  char line[700];
  int n = snprintf(line, sizeof line, "verbscope capture: ");
  va_list list;
  va_start(list, format);
  n += vsnprintf(line + n, sizeof line - (size_t)n - 1, format, list);
  va_end(list);
  if (n > (int)sizeof line - 2) n = (int)sizeof line - 2;
  line[n] = '\n';
  if (write(STDERR_FILENO, line, (size_t)n + 1) < 0) return;
}
