// TLBs, walk caches, walks and data caches: the part that the bench times.
#include "tables.h"

struct config config;
u64 counters[COUNTERS];

enum { EMPTY = -1 };
struct assoc { u32 sets, ways, mask, stride; u32 *tags; __m128i pad; };
static struct assoc structures[STRUCTURES], *served[STRUCTURES];
/** The only word of an absent structure. */
static u32 absent[4] __attribute__((aligned(16))) = {~0u, ~0u, ~0u, ~0u};

/** Lanes up to lane i. */
static const u32 up_to[4][4] __attribute__((aligned(16))) = {{~0u, 0, 0, 0}, {~0u, ~0u, 0, 0}, {~0u, ~0u, ~0u, 0}, {~0u, ~0u, ~0u, ~0u}};

static void structure_init(int i) {
  struct assoc *s = &structures[i];
  u32 spare;
  if (s->tags != absent) free(s->tags);
  s->tags = absent;
  s->sets = config.sets[i];
  s->ways = config.ways[i];
  s->mask = s->sets && !(s->sets & (s->sets - 1)) ? s->sets - 1 : 0;
  s->stride = s->sets ? (s->ways + 3) & ~3u : 0;
  spare = ((s->ways + 3) & ~3u) - s->ways;
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

static inline __m128i shifted(__m128i before, __m128i here) { return _mm_or_si128(_mm_slli_si128(here, 4), _mm_srli_si128(before, 12)); }
static inline __m128i blend(__m128i m, __m128i a, __m128i b) { return _mm_or_si128(_mm_and_si128(m, a), _mm_andnot_si128(m, b)); }
static inline int lanes(__m128i a, __m128i b) { return _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(a, b))); }

static int by_vector(struct assoc *s, __m128i *at, __m128i wanted) {
  __m128i before = wanted, *end = at + s->stride / 4;
  for (; at < end; at++) {
    __m128i here = *at, moved = shifted(before, here);
    int found = lanes(here, wanted);
    if (found) {
      *at = blend(*(const __m128i *)up_to[__builtin_ctz(found)], moved, here);
      return 1;
    }
    *at = moved;
    before = here;
  }
  end[-1] = _mm_or_si128(end[-1], s->pad);
  return 0;
}
/** As the core does it: up to 4 ways without a decision, 8 and 16 as a whole, others and hits vector by vector. */
static inline int search(struct assoc *s, u32 *set, u32 tag) {
  __m128i wanted = _mm_set1_epi32((int)tag), *v = (__m128i *)set;
  switch (s->stride) {
    case 0: return 0;
    case 4: {
      __m128i a = v[0];
      int found = lanes(a, wanted);
      v[0] = _mm_or_si128(blend(*(const __m128i *)up_to[__builtin_ctz(found | 8)], shifted(wanted, a), a), s->pad);
      return found != 0;
    }
    case 8: {
      __m128i a = v[0], b = v[1];
      if (lanes(a, wanted) | lanes(b, wanted)) break;
      v[0] = shifted(wanted, a);
      v[1] = _mm_or_si128(shifted(a, b), s->pad);
      return 0;
    }
    case 16: {
      __m128i a = v[0], b = v[1], c = v[2], d = v[3];
      if (lanes(a, wanted) | lanes(b, wanted) | lanes(c, wanted) | lanes(d, wanted)) break;
      v[0] = shifted(wanted, a);
      v[1] = shifted(a, b);
      v[2] = shifted(b, c);
      v[3] = _mm_or_si128(shifted(c, d), s->pad);
      return 0;
    }
  }
  return by_vector(s, v, wanted);
}
static inline u32 *set_of(struct assoc *s, u64 index) {
  return s->tags + (size_t)(s->mask ? (u32)index & s->mask : s->sets < 2 ? 0 : (u32)(index % s->sets)) * s->stride;
}
static inline u32 *set_of_line(struct assoc *s, u32 line) {
  return s->tags + (size_t)(s->mask ? line & s->mask : s->sets < 2 ? 0 : line % s->sets) * s->stride;
}
static inline int touch_set(struct assoc *s, u32 *set, u32 tag) { return *set == tag || search(s, set, tag); }
static inline int touch(struct assoc *s, u64 index, u32 tag) { return touch_set(s, set_of(s, index), tag); }
static inline int touch_line(struct assoc *s, u32 line) { return touch_set(s, set_of_line(s, line), line); }

static inline void seek(u32 *set, u32 line, u64 *by) {
  if (touch_set(&structures[CACHE1], set, line)) by[0]++;
  else if (touch_line(&structures[CACHE2], line)) by[1]++;
  else if (touch_line(&structures[CACHE3], line)) by[2]++;
  else by[3]++;
}
static void ref_from(u32 *set, u32 line, u64 *by) { seek(set, line, by); }
static inline void ref(u32 line, u64 *by) {
  u32 *set = set_of_line(&structures[CACHE1], line);
  if (*set == line) by[0]++;
  else ref_from(set, line, by);
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

enum { KNOWN = 1024, PAGES = 2048, UNCACHED = 1 << 28, COUNT_BITS = 21 };
static struct { u32 frame, place; } known_frames[KNOWN];
static struct slot { u64 page, one_hit; u32 tag, place, *set; } known_pages[PAGES];
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
static void beyond_l1(u64 page, u32 size, u32 tag) {
  if (any_l2) {
    if (touch(served[TLB2 + size], page >> (9 * size), tag)) { counters[HITS + TLB2 + size]++; return; }
    counters[MISSES + TLB2 + size]++;
  }
  walk(page, size);
}
static void find_page(struct slot *slot, u64 page) {
  u64 e = guest_leaf(page);
  u32 into = within(page, leaf_level), frame = frame_of(e) + into, leaf = leaf_level;
  if (config.nested) {
    u32 host = known(frame);
    frame = host & 0x3ffffff;
    if (host >> 26 < leaf) leaf = host >> 26;
  }
  u32 size = leaf - 1;
  struct assoc *s = served[TLB1 + size];
  *slot = (struct slot){page, 1ull << (COUNT_BITS * size), (payload_of(e) + into) >> (9 * size) | size << 30, frame | size << 26 | (s->sets ? 0 : UNCACHED), set_of(s, page >> (9 * size))};
}
static inline struct slot *translate(u64 page) {
  struct slot *slot = &known_pages[page & (PAGES - 1)];
  if (slot->page != page) find_page(slot, page);
  u32 size = slot->place >> 26 & 3;
  if (touch_set(served[TLB1 + size], slot->set, slot->tag)) counters[HITS + TLB1 + size]++;
  else {
    counters[MISSES + TLB1 + size]++;
    beyond_l1(page, size, slot->tag);
  }
  return slot;
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

static u64 last_line, last_hit;
static void straddle(u64 from, u64 to, u32 place, u64 mask) {
  counters[STRADDLES_LINE]++;
  if (from >> 6 != to >> 6) counters[STRADDLES_PAGE]++;
  for (u64 l = from + 1; l <= to; l++) {
    if (!(l & 63)) {
      struct slot *slot = translate((l >> 6) & mask);
      place = slot->place;
      last_hit = slot->one_hit;
    }
    ref(place << 6 | ((u32)l & 63), &counters[REFS_DATA]);
  }
  last_line = place & UNCACHED ? ~0ull : to;
}
static void access_row(u64 va, u32 bytes, u64 mask) {
  u64 from = va >> 6, to = (va + bytes - 1) >> 6;
  struct slot *slot = translate((from >> 6) & mask);
  u32 place = slot->place, physical = place << 6 | ((u32)from & 63);
  seek(set_of_line(&structures[CACHE1], physical), physical, &counters[REFS_DATA]);
  last_line = place & UNCACHED ? ~0ull : from;
  last_hit = slot->one_hit;
  if (from != to) straddle(from, to, place, mask);
}

void run_rows(const u64 *vaddr, const uint16_t *sizes, u64 n) {
  const u64 mask = (1ull << (9 * config.guest_levels)) - 1;
  u64 line = last_line = ~0ull, hit = 0;
  for (u64 i = 0; i < n;) {
    u64 start = i, stop = n - i < 1 << 20 ? n : i + (1 << 20), hits = 0, others = 0;
    for (; i < stop; i++) {
      u64 va = vaddr[i], l = va >> 6;
      u32 bytes = sizes[i];
      if (((u32)va & 63) + bytes <= 64) {
        if (l == line) { hits += hit; continue; }
        u64 p = (va >> 12) & mask;
        struct slot *slot = &known_pages[p & (PAGES - 1)];
        if (slot->page == p && *slot->set == slot->tag) {
          u32 physical = slot->place << 6 | ((u32)l & 63), *set = set_of_line(&structures[CACHE1], physical);
          hits += hit = slot->one_hit;
          line = l;
          if (*set != physical) { others++; ref_from(set, physical, &counters[REFS_DATA]); }
          continue;
        }
      }
      others++;
      access_row(va, bytes, mask);
      line = last_line;
      hit = last_hit;
    }
    for (u32 size = 0; size < 3; size++) counters[HITS + TLB1 + size] += hits >> (COUNT_BITS * size) & ((1 << COUNT_BITS) - 1);
    counters[REFS_DATA] += stop - start - others;
  }
  counters[ACCESSES] += n;
}
