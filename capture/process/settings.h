// What the environment asks of the recorder (docs/capture.md).
#ifndef VERBSCOPE_SETTINGS_H
#define VERBSCOPE_SETTINGS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pages { PAGES_NONE, PAGES_RUNS, PAGES_ALL };
struct settings {
  const char *file;   // VERBSCOPE_CAPTURE_FILE, with %p, %h and %r
  uint32_t slots;     // VERBSCOPE_CAPTURE_RING: 64-byte slots of a thread, a power of two
  uint64_t wait_ns;   // VERBSCOPE_CAPTURE_WAIT_MS: how long a call waits for room before it is dropped
  enum pages pages;   // VERBSCOPE_CAPTURE_PAGES: all, runs, none
  bool quiet;         // VERBSCOPE_CAPTURE_QUIET: no table of the own cost at the end
  bool system_clock;  // VERBSCOPE_CAPTURE_CLOCK=system
};
extern struct settings settings;
void settings_read(void);

// Writes the file's name with its % replaced; false when it does not fit.
bool settings_file_name(char *name, size_t size);

// One line on standard error, whatever the settings.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
#endif
