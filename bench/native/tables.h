// Page tables: 512 entries; an entry is flags | frame << 12 | payload << 38, where the payload of a table is its number in `pages`, of a leaf its id or link count.
#include "engine.h"

enum { MAPPED = 1, LEAF = 2, PRESENT = 4 };
enum { FRAME_LINKED = (1 << 24) + (1 << 23), FRAME_TABLES = 1 << 25 };

struct table { u32 block, large; u64 entries[512]; };

extern struct table *guest_root, *host_root;
extern u32 leaf_level;

void tables_init(void);
/** The leaf entry of a page; mapped if it was not. Level in leaf_level. */
u64 guest_leaf(u64 page);
/** The same of a gpa frame; made present. */
u64 host_leaf(u32 frame);
void link_frame(u32 frame);
struct table *table_of(u64 entry);

static inline u32 frame_of(u64 e) { return (u32)(e >> 12) & 0x3ffffff; }
static inline u32 payload_of(u64 e) { return (u32)(e >> 38); }
static inline u64 entry_of(u64 flags, u32 frame, u64 payload) { return flags | (u64)frame << 12 | payload << 38; }
static inline u64 *slot_of(struct table *t, u64 page, u32 level) { return &t->entries[(page >> (9 * (level - 1))) & 511]; }
static inline u32 line_of(u32 table_frame, u64 page, u32 level) { return table_frame << 6 | ((u32)(page >> (9 * (level - 1) + 3)) & 63); }
static inline u32 within(u64 page, u32 level) { return (u32)page & ((1u << (9 * (level - 1))) - 1); }
