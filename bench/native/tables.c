#include "tables.h"

enum { MOST_TABLES = 1 << 20 };
static struct table **tables; // by number, so that an entry can name one
static u32 table_count, guest_tables, host_tables, guest_block, host_block, next_id, linked;
struct table *guest_root, *host_root;
u32 leaf_level;

static u32 new_number(void) {
  if (table_count == MOST_TABLES) { fputs("out of tables\n", stderr); exit(1); }
  tables[table_count] = calloc(1, sizeof(struct table));
  return table_count++;
}
static struct table *new_table(u64 *slot, u32 *count) {
  u32 number = new_number();
  *slot = entry_of(MAPPED, FRAME_TABLES + (*count)++, number);
  return tables[number];
}
struct table *table_of(u64 e) { return tables[payload_of(e)]; }

void tables_init(void) {
  if (!tables) tables = malloc(MOST_TABLES * sizeof *tables);
  for (u32 i = 0; i < table_count; i++) free(tables[i]);
  table_count = guest_block = host_block = next_id = linked = 0;
  guest_root = tables[new_number()];
  host_root = tables[new_number()];
  guest_tables = host_tables = 1;
}

static u32 take_blocks(u32 *next, u32 n) {
  if (n == 512) *next = (*next + 511) & ~511u;
  u32 block = *next;
  *next += n;
  return block;
}
static u32 small_frame(struct table *t, u64 page, u32 *next) {
  if (!t->block) t->block = take_blocks(next, 1) + 1;
  return (t->block - 1) << 9 | ((u32)page & 511);
}
static u32 place(struct table *t, u64 page, u32 level, u32 *next) {
  return level == 1 ? small_frame(t, page, next) : take_blocks(next, level == 2 ? 1 : 512) << 9;
}

u64 guest_leaf(u64 page) {
  struct table *t = guest_root;
  for (u32 level = config.guest_levels;; level--) {
    u64 *slot = slot_of(t, page, level), e = *slot;
    if (e & LEAF) { leaf_level = level; return e; }
    if (e == 0) {
      u32 leaf = config.guest_leaf, pages = 1u << (9 * (leaf - 1));
      for (; level > leaf; level--) t = new_table(slot_of(t, page, level), &guest_tables);
      u32 frame = place(t, page, leaf, &guest_block);
      next_id = ((next_id + pages - 1) & ~(pages - 1)) + pages;
      leaf_level = leaf;
      return *slot_of(t, page, leaf) = entry_of(MAPPED | LEAF, frame, next_id - pages);
    }
    t = table_of(e);
  }
}

u64 host_leaf(u32 frame) {
  u64 page = frame;
  struct table *t = host_root;
  for (u32 level = config.host_levels;; level--) {
    u64 *slot = slot_of(t, page, level), e = *slot;
    if (e == 0) {
      for (; level > config.host_leaf; level--) t = new_table(slot_of(t, page, level), &host_tables);
      slot = slot_of(t, page, level);
      e = entry_of(MAPPED | LEAF, place(t, page, level, &host_block), 0);
    }
    if (e & LEAF) {
      leaf_level = level;
      if (!(e & PRESENT)) {
        counters[VIOLATIONS]++;
        *slot = e |= PRESENT;
      }
      return e;
    }
    t = table_of(e);
  }
}

static u32 perm(u32 i) {
  u32 m = (1u << config.frame_bits) - 1, half = (config.frame_bits + 1) >> 1, x = (i + config.seed * 0x9e3779b1u) & m;
  x = (x * 0x2c1b3c6du) & m;
  x ^= x >> half;
  x = (x * 0x297a2d39u) & m;
  return x ^ x >> half;
}

/** The level-1 table of a frame, after splitting the larger leaf that is or would be there. */
static struct table *small_table(u32 frame) {
  u64 page = frame;
  struct table *t = host_root;
  for (u32 level = config.host_levels; level > 1; level--) {
    u64 *slot = slot_of(t, page, level), e = *slot;
    if (e != 0 && !(e & LEAF)) { t = table_of(e); continue; }
    int split = level <= 3 && (e != 0 || config.host_leaf >= level);
    u32 first = split ? (e ? frame_of(e) : place(t, page, level, &host_block)) : 0;
    t = new_table(slot, &host_tables);
    if (!split) continue;
    for (u32 i = 0; i < 512; i++) t->entries[i] = entry_of(MAPPED | LEAF, first + (i << (9 * (level - 2))), 0);
    if (level == 2) { t->block = (first >> 9) + 1; counters[SPLIT]++; }
  }
  return t;
}

void link_frame(u32 frame) {
  struct table *t = small_table(frame);
  u64 *slot = &t->entries[frame & 511];
  counters[LINKED]++;
  if (payload_of(*slot)) { *slot += 1ull << 38; return; }
  if (!*slot) small_frame(t, frame, &host_block);
  *slot = entry_of(MAPPED | LEAF, FRAME_LINKED + perm(linked++ & ((1u << config.frame_bits) - 1)), 1);
}
