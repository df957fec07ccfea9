#define _GNU_SOURCE
#include "pages.h"
#include "settings.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, ENTRIES = 512, RUNS = (SCRATCH_SLOTS - 1) * 64 / sizeof(struct page_run) };
// An entry of pagemap: Documentation/admin-guide/mm/pagemap.rst of Linux.
static const uint64_t PRESENT = 1ull << 63, FRAME = (1ull << 55) - 1;

static int open_pagemap(void)
{
  return open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
}

bool pages_visible(void)
{
  uint64_t entry = 0;
  int fd = open_pagemap();
  if (fd < 0) return false;
  volatile char touched = 1; // on a page that is there
  ssize_t got = pread(fd, &entry, sizeof entry, (off_t)((uintptr_t)&touched / PAGE * sizeof entry));
  close(fd);
  return got == sizeof entry && entry & PRESENT && (entry & FRAME) != 0;
}

// Runs are gathered in the thread's scratch, behind the record that they belong to.
struct gather {
  struct thread *thread;
  struct record *record;
  struct page_run *run;
  uint64_t pages, absent, hidden;
  uint32_t runs;
};

static void put(struct gather *g, bool last)
{
  struct record *r = g->record;
  r->op = last;
  r->more = (uint8_t)((g->runs * sizeof(struct page_run) + 63) / 64);
  r->u.control.word[0] = g->runs;
  r->u.control.quad[0] = g->pages;
  r->u.control.quad[1] = g->absent;
  r->u.control.quad[2] = g->hidden;
  ring_copy(g->thread, r, 1u + r->more);
  g->runs = 0;
}

static void page(struct gather *g, uint64_t number, uint64_t entry)
{
  uint64_t frame = entry & FRAME;
  struct page_run *before = g->runs > 0 ? &g->run[g->runs - 1] : NULL;
  if (!(entry & PRESENT)) g->absent++;
  else if (frame == 0) g->hidden++;
  else if (before && before->page + before->count == number && before->frame + before->count == frame &&
           before->count < UINT32_MAX)
    before->count++;
  else {
    if (g->runs == RUNS) put(g, false);
    g->run[g->runs++] = (struct page_run){.page = number, .frame = frame, .count = 1};
  }
}

static void record_runs(struct thread *t, const struct record *region, uint64_t addr, uint64_t length)
{
  struct gather g = {.thread = t, .record = t->scratch, .run = (struct page_run *)(t->scratch + 1)};
  uint64_t entries[ENTRIES], from = addr / PAGE, to = (addr + length - 1) / PAGE + 1;
  int fd = open_pagemap();
  *g.record = (struct record){.kind = MR_PAGES, .ctx = region->ctx, .obj = region->obj, .t = region->t};
  g.record->dur_low = region->dur_low;
  g.record->dur_high = region->dur_high;
  g.record->u.control.word[1] = region->u.control.word[1];
  g.pages = to - from;
  while (from < to) {
    uint64_t want = to - from < ENTRIES ? to - from : ENTRIES;
    ssize_t got = fd < 0 ? 0 : pread(fd, entries, want * sizeof *entries, (off_t)(from * sizeof *entries));
    if (got <= 0) break;
    uint64_t n = (uint64_t)got / sizeof *entries;
    for (uint64_t i = 0; i < n; i++) page(&g, from + i, entries[i]);
    from += n;
  }
  g.absent += to - from;
  if (fd >= 0) close(fd);
  put(&g, true);
}

// The mapping that the region starts in: its line of smaps, and how large its pages are.
static void record_mapping(struct thread *t, const struct record *region, uint64_t addr)
{
  FILE *smaps = fopen("/proc/self/smaps", "re");
  if (!smaps) return;
  struct record *r = t->scratch;
  char line[512], *text = (char *)(r + 1);
  unsigned long page_kb = 0, huge_kb = 0;
  bool inside = false;
  memset(r, 0, 9 * sizeof *r);
  while (fgets(line, sizeof line, smaps)) {
    unsigned long long start, end;
    if (sscanf(line, "%llx-%llx ", &start, &end) == 2) {
      if (inside || start > addr) break;
      inside = addr < end;
      if (!inside) continue;
      memcpy(text, line, strcspn(line, "\n"));
    } else if (inside) {
      sscanf(line, "KernelPageSize: %lu", &page_kb);
      sscanf(line, "AnonHugePages: %lu", &huge_kb);
    }
  }
  fclose(smaps);
  if (!text[0]) return;
  *r = (struct record){.kind = MR_VMA, .ctx = region->ctx, .obj = region->obj, .t = region->t};
  r->dur_low = region->dur_low;
  r->dur_high = region->dur_high;
  r->more = (uint8_t)((strlen(text) + 64) / 64);
  r->u.control.word[1] = region->u.control.word[1];
  r->u.control.quad[0] = page_kb;
  r->u.control.quad[1] = huge_kb;
  ring_copy(t, r, 1u + r->more);
}

void pages_record(struct thread *t, const struct record *region, uint64_t addr, uint64_t length)
{
  if (settings.pages == PAGES_NONE || length == 0) return;
  int error = errno;
  record_runs(t, region, addr, length);
  if (settings.pages == PAGES_ALL) record_mapping(t, region, addr);
  errno = error;
}
