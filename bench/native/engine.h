// The memory engine of docs/memory-model.md in C, for bench/memory.mjs: what a compiler makes of the same work, as a ceiling for the core.
// LRU structures, contiguous placement, links made before the first row.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <emmintrin.h>

typedef uint32_t u32;
typedef uint64_t u64;

enum { STRUCTURES = 18, TLB1 = 0, TLB2 = 3, PWC = 6, EPWC = 10, NTLB = 14, CACHE1 = 15, CACHE2 = 16, CACHE3 = 17 };
/** Counters, by the names that bench/memory.mjs compares. */
enum {
  ACCESSES, STRADDLES_LINE, STRADDLES_PAGE, HITS, MISSES = HITS + STRUCTURES, REFS_DATA = MISSES + STRUCTURES, REFS_GUEST = REFS_DATA + 4, REFS_HOST = REFS_GUEST + 4,
  WALKS = REFS_HOST + 4, VIOLATIONS = WALKS + 3, LINKED, SPLIT, COUNTERS
};

struct config { u32 nested, guest_levels, host_levels, guest_leaf, host_leaf, frame_bits, seed, sets[STRUCTURES], ways[STRUCTURES], shared[STRUCTURES]; };
struct range { u64 page; u32 pages; };

extern struct config config;
extern u64 counters[COUNTERS];

void engine_init(void);
void link_pages(u64 page, u32 pages);
void run_rows(const u64 *vaddr, const uint16_t *size, u64 n);
