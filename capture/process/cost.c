#include "cost.h"
#include "clock.h"
#include <stdio.h>
#include <unistd.h>

static const char *const names[COST_CALLS] = {
  "post_send", "post_recv", "post_srq_recv", "poll_cq", "poll_cq, empty", "req_notify_cq", "wr_complete",
  "start_poll"};

void cost_gather(struct cost *sum, struct cost *of)
{
  for (int call = 0; call < COST_CALLS; call++) {
    sum->calls[call] += atomic_load_explicit(&of->calls[call], memory_order_relaxed);
    for (int b = 0; b < COST_BUCKETS; b++)
      sum->buckets[call][b] += atomic_load_explicit(&of->buckets[call][b], memory_order_relaxed);
  }
}

// Ticks in the middle of a bucket.
static double middle(unsigned bucket)
{
  if (bucket < 8) return bucket;
  unsigned top = bucket / 8 + 2;
  return ((double)(8 + bucket % 8) + 0.5) * (double)(1ull << (top - 3));
}

static uint32_t quantile(const struct cost *sum, int call, uint64_t sampled, double q, double scale)
{
  double seen = 0;
  for (unsigned b = 0; b < COST_BUCKETS; b++) {
    seen += sum->buckets[call][b];
    if (seen > 0 && seen >= q * (double)sampled) return (uint32_t)(middle(b) * scale + 0.5);
  }
  return 0;
}

unsigned cost_ends(struct cost *sum, struct cost_end *ends)
{
  unsigned count = 0;
  double scale = ns_per_tick();
  sum->calls[COST_EMPTY] -= sum->calls[COST_POLL]; // all polls are counted there before they find something
  for (int call = 0; call < COST_CALLS; call++) {
    uint64_t sampled = 0;
    for (int b = 0; b < COST_BUCKETS; b++) sampled += sum->buckets[call][b];
    if (sampled == 0) continue;
    ends[count++] = (struct cost_end){
      .call = (uint32_t)call,
      .calls = sum->calls[call],
      .sampled = sampled,
      .p50_ns = quantile(sum, call, sampled, 0.5, scale),
      .p90_ns = quantile(sum, call, sampled, 0.9, scale),
      .p99_ns = quantile(sum, call, sampled, 0.99, scale),
      .max_ns = quantile(sum, call, sampled, 1, scale),
    };
  }
  return count;
}

void cost_print(const struct cost_end *ends, unsigned count)
{
  char text[2048];
  int n = snprintf(text, sizeof text, "%-22s %12s %10s %8s %8s %8s %8s\n", "verbscope capture adds", "calls",
                   "measured", "p50 ns", "p90 ns", "p99 ns", "most ns");
  for (unsigned i = 0; i < count && n < (int)sizeof text - 120; i++)
    n += snprintf(text + n, sizeof text - (size_t)n, "%-22s %12llu %10llu %8u %8u %8u %8u\n", names[ends[i].call],
                  (unsigned long long)ends[i].calls, (unsigned long long)ends[i].sampled, ends[i].p50_ns,
                  ends[i].p90_ns, ends[i].p99_ns, ends[i].max_ns);
  if (write(STDERR_FILENO, text, (size_t)n) < 0) return;
}
