/** Words (u64) of the core's totals block, in order. */
export const TOTALS = [
  "spin_rows",
  "refused_rows",
  "first_post_ps_plus_1",
  "last_completion_ps",
  "awaited_posts",
  "unmatched_messages",
  "short_receives",
  "other_lengths",
  "over_capacity",
  "over_inline",
] as const;
