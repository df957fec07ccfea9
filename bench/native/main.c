// memory-twin <configuration>: answers each line `run` on standard input with the ns of CPU time that the rows took
// and all counters.
// The configuration: words as bench/memory.mjs writes them; `rows FILE N`: N u64 vaddr, then N u16 sizes.
#include "engine.h"
#include <time.h>

static struct range *ranges;
static u32 range_count;

static void fail(const char *what) {
  fprintf(stderr, "memory-twin: %s\n", what);
  exit(2);
}
static u64 now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

int main(int argc, char **argv) {
  char word[64], path[4096], line[64];
  u64 *vaddr = NULL, n = 0;
  uint16_t *size = NULL;
  u32 i, sets, ways, shared;
  FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
  if (!f) fail("give the configuration that bench/memory.mjs wrote");
  struct { const char *name; u32 *value; } values[] = {
    {"nested", &config.nested}, {"guest_levels", &config.guest_levels}, {"host_levels", &config.host_levels}, {"guest_leaf", &config.guest_leaf},
    {"host_leaf", &config.host_leaf}, {"frame_bits", &config.frame_bits}, {"seed", &config.seed}};
  while (fscanf(f, "%63s", word) == 1) {
    if (!strcmp(word, "structure")) {
      if (fscanf(f, "%u %u %u %u", &i, &sets, &ways, &shared) != 4 || i >= STRUCTURES) fail("a structure has four numbers");
      config.sets[i] = sets; config.ways[i] = ways; config.shared[i] = shared;
    } else if (!strcmp(word, "link")) {
      struct range r;
      if (fscanf(f, "%lu %u", &r.page, &r.pages) != 2) fail("a link has page and pages");
      ranges = realloc(ranges, (range_count + 1) * sizeof r);
      ranges[range_count++] = r;
    } else if (!strcmp(word, "rows")) {
      if (fscanf(f, "%4095s %lu", path, &n) != 2) fail("rows have a file and a number");
      FILE *rows = fopen(path, "rb");
      vaddr = malloc(n * 8 + 8);
      size = malloc(n * 2 + 8);
      if (!rows || fread(vaddr, 8, n, rows) != n || fread(size, 2, n, rows) != n) fail("the file of the rows is too short");
      fclose(rows);
    } else {
      for (i = 0; i < sizeof values / sizeof *values && strcmp(word, values[i].name); i++);
      if (i == sizeof values / sizeof *values || fscanf(f, "%u", values[i].value) != 1) fail(word);
    }
  }
  fclose(f);
  while (fgets(line, sizeof line, stdin)) {
    engine_init();
    for (i = 0; i < range_count; i++) link_pages(ranges[i].page, ranges[i].pages);
    u64 start = now_ns();
    run_rows(vaddr, size, n);
    printf("%lu", now_ns() - start);
    for (i = 0; i < COUNTERS; i++) printf(" %lu", counters[i]);
    puts("");
    fflush(stdout);
  }
  return 0;
}
