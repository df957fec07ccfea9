#define _GNU_SOURCE
#include "file.h"
#include "clock.h"
#include "cost.h"
#include "crc.h"
#include "pages.h"
#include "ring.h"
#include "settings.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

static int fd = -1;
static char name[4096];

static bool put(struct iovec *pieces, int count)
{
  while (count > 0) {
    ssize_t done = writev(fd, pieces, count);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      say("%s: cannot be written (%s): recording ends", name, strerror(errno));
      return false;
    }
    for (; count > 0 && (size_t)done >= pieces->iov_len; pieces++, count--) done -= (ssize_t)pieces->iov_len;
    if (count > 0) {
      pieces->iov_base = (char *)pieces->iov_base + done;
      pieces->iov_len -= (size_t)done;
    }
  }
  return true;
}

// Kernel's release and version, host, executable, arguments: NUL-ended texts.
static size_t texts(char *to, size_t size)
{
  struct utsname system;
  uname(&system);
  size_t n = (size_t)snprintf(to, size, "%s%c%s%c%s", system.release, 0, system.version, 0, system.nodename) + 1;
  ssize_t got = readlink("/proc/self/exe", to + n, 4095);
  n += got > 0 ? (size_t)got : 0;
  to[n++] = 0;
  int arguments = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  if (arguments < 0) return n;
  got = read(arguments, to + n, size - n - 1);
  close(arguments);
  if (got <= 0) return n;
  n += (size_t)got;
  if (to[n - 1]) to[n++] = 0; // longer than there was room
  return n;
}

// A recording is never written over: a process that replaces itself by exec keeps its pid.
static int create(void)
{
  char base[sizeof name - 8];
  if (!settings_file_name(base, sizeof base)) {
    say("VERBSCOPE_CAPTURE_FILE is too long: nothing is recorded");
    return -1;
  }
  for (int i = 1; i < 1000; i++) {
    snprintf(name, sizeof name, i == 1 ? "%s" : "%s.%d", base, i);
    int opened = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (opened >= 0 || errno != EEXIST) {
      if (opened < 0) say("%s: cannot be made (%s): nothing is recorded", name, strerror(errno));
      return opened;
    }
  }
  say("%s and its numbers up to .999 are taken: nothing is recorded", base);
  return -1;
}

bool file_open(uint32_t parent)
{
  fd = create();
  if (fd < 0) return false;
  struct moment now = moment_now();
  struct file_head head = {
    .magic = CAPTURE_MAGIC,
    .version = CAPTURE_VERSION,
    .record_bytes = sizeof(struct record),
    .pid = (uint32_t)getpid(),
    .parent = parent,
    .ticks = now.ticks,
    .monotonic_ns = now.monotonic_ns,
    .realtime_ns = clock_ns(CLOCK_REALTIME),
    .clock = clock_used(),
    .flags = (pages_visible() ? HEAD_FRAMES_VISIBLE : 0u) | (parent ? HEAD_FORKED : 0u) |
             (settings.pages == PAGES_NONE ? HEAD_PAGES_OFF : 0u),
  };
  size_t size = 1 << 17;
  char *text = malloc(size);
  if (!text) return false;
  head.text_bytes = (uint32_t)texts(text, size);
  head.crc = crc32_of(crc32_of(0, &head, offsetof(struct file_head, crc)), text, head.text_bytes);
  struct iovec pieces[] = {{&head, sizeof head}, {text, head.text_bytes}};
  bool good = put(pieces, 2);
  free(text);
  return good;
}

bool file_block(struct block_head *head, const void *one, size_t one_bytes, const void *two, size_t two_bytes)
{
  struct moment now = moment_now();
  head->bytes = (uint32_t)(one_bytes + two_bytes);
  head->ticks = now.ticks;
  head->monotonic_ns = now.monotonic_ns;
  head->payload_crc = crc32_of(crc32_of(0, one, one_bytes), two, two_bytes);
  head->crc = crc32_of(0, head, offsetof(struct block_head, crc));
  struct iovec pieces[] = {{head, sizeof *head}, {(void *)one, one_bytes}, {(void *)two, two_bytes}};
  return put(pieces, 3);
}

void file_footer(void)
{
  size_t count = 0, n = 0;
  for (struct thread *t = atomic_load(&threads); t; t = t->older) count++;
  struct cost *sum = calloc(1, sizeof *sum);
  struct thread_end *ends = calloc(count + 1, sizeof *ends);
  struct {
    struct footer footer;
    struct cost_end costs[COST_CALLS];
  } tail = {.footer = {0}};
  if (!sum || !ends) return;
  for (struct thread *t = atomic_load(&threads); t && n < count; t = t->older) {
    ends[n++] = (struct thread_end){
      .tid = t->tid,
      .thread = t->number,
      .slots = atomic_load(&t->tail),
      .dropped = atomic_load(&t->dropped),
      .waited = atomic_load(&t->waited),
    };
    cost_gather(sum, &t->cost);
  }
  tail.footer.threads = (uint32_t)n;
  tail.footer.costs = cost_ends(sum, tail.costs);
  size_t front = sizeof tail.footer, costs = tail.footer.costs * sizeof *tail.costs;
  char *payload = malloc(front + n * sizeof *ends + costs);
  if (payload) {
    memcpy(payload, &tail.footer, front);
    memcpy(payload + front, ends, n * sizeof *ends);
    memcpy(payload + front + n * sizeof *ends, tail.costs, costs);
    struct block_head head = {.magic = FOOTER_MAGIC};
    file_block(&head, payload, front + n * sizeof *ends + costs, NULL, 0);
  }
  if (!settings.quiet && tail.footer.costs > 0) cost_print(tail.costs, tail.footer.costs);
  free(payload);
  free(ends);
  free(sum);
}

void file_close(void)
{
  if (fd >= 0) close(fd);
  fd = -1;
}
