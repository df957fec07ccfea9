#include "clock.h"
#include "settings.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool clock_is_counter;
uint64_t clock_reading;
static struct moment first;

// The kernel keeps its time by the TSC only after it found it constant, and equal on all CPUs.
static bool system_uses_counter(void)
{
#if defined(__x86_64__)
  char name[32] = "";
  int fd = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t got = read(fd, name, sizeof name - 1);
  close(fd);
  return got > 0 && strcmp(name, "tsc\n") == 0;
#elif defined(__aarch64__)
  return true;
#else
  return false;
#endif
}

void clock_choose(void)
{
  clock_is_counter = !settings.system_clock && system_uses_counter();
  first = moment_now();
  clock_reading = UINT64_MAX;
  for (int i = 0; i < 64; i++) {
    uint64_t before = ticks(), taken = ticks() - before;
    if (taken < clock_reading) clock_reading = taken;
  }
}

enum clock_kind clock_used(void)
{
#if defined(__aarch64__)
  return clock_is_counter ? CLOCK_OF_CNTVCT : CLOCK_OF_SYSTEM;
#else
  return clock_is_counter ? CLOCK_OF_TSC : CLOCK_OF_SYSTEM;
#endif
}

// The reading of the system's clock that the fewest ticks enclose: the thread may lose its CPU in between.
struct moment moment_now(void)
{
  struct moment best = {0};
  uint64_t width = UINT64_MAX;
  for (int i = 0; i < 4; i++) {
    uint64_t before = ticks(), ns = clock_ns(CLOCK_MONOTONIC), after = ticks();
    if (after - before >= width) continue;
    width = after - before;
    best = (struct moment){.ticks = before + width / 2, .monotonic_ns = ns};
  }
  if (!clock_is_counter) best.ticks = best.monotonic_ns;
  return best;
}

double ns_per_tick(void)
{
  if (!clock_is_counter) return 1;
  struct moment now = moment_now();
  if (now.ticks == first.ticks) return 1;
  return (double)(now.monotonic_ns - first.monotonic_ns) / (double)(now.ticks - first.ticks);
}
