// TLBs, walk caches, walks and data caches: the part that the bench times.
#include "tables.h"

struct config config;
u64 counters[COUNTERS];

enum { EMPTY = -1 };
struct assoc { u32 sets, ways, mask, stride; u32 *tags; __m128i pad; int padded; };
static struct assoc structures[STRUCTURES], *served[STRUCTURES];

/** Lanes up to lane i. */
static const u32 up_to[4][4] __attribute__((aligned(16))) = {{~0u, 0, 0, 0}, {~0u, ~0u, 0, 0}, {~0u, ~0u, ~0u, 0}, {~0u, ~0u, ~0u, ~0u}};

static void structure_init(int i) {
  struct assoc *s = &structures[i];
  u32 spare;
  free(s->tags);
  s->tags = NULL;
  s->sets = config.sets[i];
  s->ways = config.ways[i];
  s->mask = s->sets && !(s->sets & (s->sets - 1)) ? s->sets - 1 : 0;
  s->stride = (s->ways + 3) & ~3u;
  spare = s->stride - s->ways;
  s->padded = spare != 0;
  s->pad = _mm_set_epi32(spare > 0 ? -1 : 0, spare > 1 ? -1 : 0, spare > 2 ? -1 : 0, 0);
  if (s->sets) {
    size_t bytes = ((size_t)s->sets * s->stride * 4 + 63) & ~(size_t)63;
    s->tags = aligned_alloc(64, bytes);
    memset(s->tags, 0xff, bytes);
  }
  served[i] = &structures[config.shared[i] ? config.shared[i] - 1 : (u32)i];
}
static void structures_flush(void) {
  for (int i = 0; i < CACHE1; i++) if (structures[i].sets) memset(structures[i].tags, 0xff, (size_t)structures[i].sets * structures[i].stride * 4);
}

static int touch_slow(struct assoc *s, u32 *set, u32 tag) {
  __m128i wanted = _mm_set1_epi32((int)tag), before = wanted;
  u32 *end = set + s->stride;
  for (u32 *at = set; at < end; at += 4) {
    __m128i here = _mm_load_si128((__m128i *)at), shifted = _mm_or_si128(_mm_slli_si128(here, 4), _mm_srli_si128(before, 12));
    int found = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(here, wanted)));
    if (found) {
      __m128i m = _mm_load_si128((const __m128i *)up_to[__builtin_ctz(found)]);
      _mm_store_si128((__m128i *)at, _mm_or_si128(_mm_and_si128(m, shifted), _mm_andnot_si128(m, here)));
      return 1;
    }
    _mm_store_si128((__m128i *)at, shifted);
    before = here;
  }
  if (s->padded) _mm_store_si128((__m128i *)(end - 4), _mm_or_si128(_mm_load_si128((__m128i *)(end - 4)), s->pad));
  return 0;
}
static inline int touch(struct assoc *s, u64 index, u32 tag) {
  u32 *set = s->tags + (size_t)(s->mask ? (u32)index & s->mask : (u32)(index % s->sets)) * s->stride;
  return *set == tag || touch_slow(s, set, tag);
}
static inline int touch_line(struct assoc *s, u32 line) {
  u32 *set = s->tags + (size_t)(s->mask ? line & s->mask : line % s->sets) * s->stride;
  return *set == line || touch_slow(s, set, line);
}

static void ref_beyond(u32 line, u64 *by) {
  if (structures[CACHE2].sets && touch_line(&structures[CACHE2], line)) by[1]++;
  else if (structures[CACHE3].sets && touch_line(&structures[CACHE3], line)) by[2]++;
  else by[3]++;
}
static inline void ref(u32 line, u64 *by) {
  if (touch_line(&structures[CACHE1], line)) by[0]++;
  else ref_beyond(line, by);
}

struct step { u32 frame, tag; };
static u64 last_entry;
static inline u32 follow(struct step *way, struct table *root, u32 levels, u64 page) {
  struct table *t = root;
  u32 frame = FRAME_TABLES, tag = 0;
  for (u32 level = levels;; level--) {
    way[level] = (struct step){frame, tag};
    u64 e = *slot_of(t, page, level);
    if (e & LEAF) { last_entry = e; return level; }
    frame = frame_of(e);
    tag = payload_of(e);
    t = table_of(e);
  }
}
static inline u32 probe(int first, const struct step *way, u32 leaf, u32 levels, u64 page) {
  for (u32 k = leaf + 1; k <= levels; k++) {
    int i = first + (int)k - 2;
    if (!structures[i].sets) continue;
    if (touch(&structures[i], page >> (9 * (k - 1)), way[k - 1].tag)) { counters[HITS + i]++; return k - 1; }
    counters[MISSES + i]++;
  }
  return levels;
}

enum { KNOWN = 1024, PAGES = 1024 };
static struct { u32 frame, place; } known_frames[KNOWN];
static struct { u64 page; u32 place, tag; } known_pages[PAGES];
static void forget(void) {
  memset(known_frames, 0xff, sizeof known_frames);
  memset(known_pages, 0xff, sizeof known_pages);
}
static inline u32 known(u32 frame) {
  u32 i = frame & (KNOWN - 1);
  if (known_frames[i].frame != frame) {
    u64 e = host_leaf(frame);
    known_frames[i].frame = frame;
    known_frames[i].place = (frame_of(e) + within(frame, leaf_level)) | leaf_level << 26;
  }
  return known_frames[i].place;
}
static u32 to_host(u32 frame) {
  static struct step way[8];
  u32 found = known(frame), leaf = found >> 26, place = found & 0x3ffffff;
  if (structures[NTLB].sets) {
    u32 index = frame >> (9 * (leaf - 1));
    if (touch(&structures[NTLB], index, index | leaf << 26)) { counters[HITS + NTLB]++; return place; }
    counters[MISSES + NTLB]++;
  }
  follow(way, host_root, config.host_levels, frame);
  for (u32 level = probe(EPWC, way, leaf, config.host_levels, frame); level >= leaf; level--) ref(line_of(way[level].frame, frame, level), &counters[REFS_HOST]);
  return place;
}
static void walk(u64 page, u32 size) {
  static struct step way[8];
  counters[WALKS + size]++;
  u32 leaf = follow(way, guest_root, config.guest_levels, page);
  u64 last = last_entry;
  u32 start = probe(PWC, way, leaf, config.guest_levels, page);
  int is_known = start != config.guest_levels;
  for (u32 level = start; level >= leaf; level--) {
    u32 frame = way[level].frame;
    if (config.nested) frame = is_known ? known(frame) & 0x3ffffff : to_host(frame);
    is_known = 0;
    ref(line_of(frame, page, level), &counters[REFS_GUEST]);
  }
  if (config.nested) to_host(frame_of(last) + within(page, leaf));
}

static int any_l2;
static u32 page_size, uncached;
static void beyond_l1(u64 page, u32 size, u32 tag) {
  counters[MISSES + TLB1 + size]++;
  if (any_l2) {
    struct assoc *s = served[TLB2 + size];
    if (s->sets && touch(s, page >> (9 * size), tag)) { counters[HITS + TLB2 + size]++; return; }
    counters[MISSES + TLB2 + size]++;
  }
  walk(page, size);
}
static void find_page(u32 i, u64 page) {
  u64 e = guest_leaf(page);
  u32 into = within(page, leaf_level), frame = frame_of(e) + into, leaf = leaf_level;
  if (config.nested) {
    u32 host = known(frame);
    frame = host & 0x3ffffff;
    if (host >> 26 < leaf) leaf = host >> 26;
  }
  u32 size = leaf - 1;
  known_pages[i].page = page;
  known_pages[i].place = frame | size << 26;
  known_pages[i].tag = (payload_of(e) + into) >> (9 * size) | size << 30;
}
static inline u32 translate(u64 page) {
  u32 i = (u32)page & (PAGES - 1);
  if (known_pages[i].page != page) find_page(i, page);
  u32 found = known_pages[i].place, tag = known_pages[i].tag, size = found >> 26;
  struct assoc *s = served[TLB1 + size];
  page_size = size;
  uncached = !s->sets;
  if (!uncached && touch(s, page >> (9 * size), tag)) counters[HITS + TLB1 + size]++;
  else beyond_l1(page, size, tag);
  return found & 0x3ffffff;
}

void engine_init(void) {
  memset(counters, 0, sizeof counters);
  any_l2 = 0;
  for (int i = 0; i < STRUCTURES; i++) structure_init(i);
  for (int i = 0; i < 3; i++) any_l2 |= served[TLB2 + i]->sets != 0;
  tables_init();
  forget();
}
void link_pages(u64 page, u32 pages) {
  for (u64 end = page + pages; page < end; page++) {
    u64 e = guest_leaf(page);
    link_frame(frame_of(e) + within(page, leaf_level));
  }
  structures_flush();
  forget();
}

void run_rows(const u64 *vaddr, const uint16_t *sizes, u64 n) {
  const u64 none = ~0ull, mask = (1ull << (9 * config.guest_levels)) - 1;
  u64 page = none, line = none, same_page = 0, same_line = 0, near = 0;
  u32 frame = 0, size = 0;
  for (u64 i = 0; i < n; i++) {
    u64 va = vaddr[i], l = va >> 6;
    u32 bytes = sizes[i];
    if (((u32)va & 63) + bytes <= 64) {
      if (l == line) { same_line++; continue; }
      line = l;
      u64 p = (va >> 12) & mask;
      if (p == page) same_page++;
      else {
        counters[HITS + TLB1 + size] += same_page + same_line;
        near += same_line;
        same_page = same_line = 0;
        frame = translate(p);
        page = p;
        size = page_size;
      }
      u32 physical = frame << 6 | ((u32)l & 63);
      if (touch_line(&structures[CACHE1], physical)) near++;
      else ref_beyond(physical, &counters[REFS_DATA]);
      if (uncached) page = line = none;
      continue;
    }
    u64 to = (va + bytes - 1) >> 6;
    counters[STRADDLES_LINE]++;
    if (l >> 6 != to >> 6) counters[STRADDLES_PAGE]++;
    for (u64 at = l;; at++) {
      u64 p = (at >> 6) & mask;
      if (at == l || !(at & 63)) {
        if (p == page) counters[HITS + TLB1 + size]++;
        else {
          counters[HITS + TLB1 + size] += same_page + same_line;
          near += same_line;
          same_page = same_line = 0;
          frame = translate(p);
          page = p;
          size = page_size;
        }
      }
      ref(frame << 6 | ((u32)at & 63), &counters[REFS_DATA]);
      line = at;
      if (uncached) page = line = none;
      if (at == to) break;
    }
  }
  counters[HITS + TLB1 + size] += same_page + same_line;
  counters[REFS_DATA] += near + same_line;
  counters[ACCESSES] += n;
}
