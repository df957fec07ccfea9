// bench CALLS: nanoseconds of a post_send, and of a poll that finds nothing, as the program sees them.
#include "pair.h"
#include <time.h>

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
  struct pair p;
  MUST(argc == 2);
  long calls = atol(argv[1]);
  pair_open(&p);
  struct ibv_sge sge = {(uintptr_t)p.buffer, 8, p.mr->lkey};
  struct ibv_send_wr wr = {.sg_list = &sge, .num_sge = 1, .opcode = IBV_WR_RDMA_WRITE}, *bad;
  wr.wr.rdma.remote_addr = (uintptr_t)p.buffer + 8192;
  double post = 1e9, poll = 1e9;
  // The least of many rounds: others use the machine too.
  for (int round = 0; round < 200; round++) {
    double start = now();
    for (long i = 0; i < calls; i++) MUST(!ibv_post_send(p.qp[0], &wr, &bad));
    double middle = now();
    struct ibv_wc wc;
    for (long i = 0; i < calls; i++) MUST(ibv_poll_cq(p.cq[0], 1, &wc) == 0);
    double end = now();
    if ((middle - start) / (double)calls < post) post = (middle - start) / (double)calls;
    if ((end - middle) / (double)calls < poll) poll = (end - middle) / (double)calls;
  }
  printf("post_send %.1f ns, empty poll_cq %.1f ns\n", post, poll);
  pair_close(&p);
  return 0;
}
