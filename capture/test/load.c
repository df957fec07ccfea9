// load THREADS POSTS: each thread posts so many RDMA WRITEs on a queue pair of its own. 0 posts: until it is killed.
#include "pair.h"
#include <pthread.h>

static unsigned long posts;
static void *work(void *unused)
{
  struct pair p;
  (void)unused;
  pair_open(&p);
  struct ibv_sge sge = {(uintptr_t)p.buffer, 8, p.mr->lkey};
  for (unsigned long i = 0; posts == 0 || i < posts; i++) {
    struct ibv_send_wr wr = {.wr_id = i, .sg_list = &sge, .num_sge = 1, .opcode = IBV_WR_RDMA_WRITE}, *bad;
    wr.wr.rdma.remote_addr = (uintptr_t)p.buffer + 8192;
    wr.wr.rdma.rkey = p.mr->rkey;
    MUST(!ibv_post_send(p.qp[0], &wr, &bad));
    struct ibv_wc wc;
    if (i % 64 == 0) MUST(ibv_poll_cq(p.cq[0], 1, &wc) == 0);
  }
  pair_close(&p);
  return NULL;
}

int main(int argc, char **argv)
{
  MUST(argc == 3);
  int threads = atoi(argv[1]);
  posts = strtoul(argv[2], NULL, 10);
  pthread_t *ids = calloc((size_t)threads, sizeof *ids);
  for (int i = 0; i < threads; i++) MUST(!pthread_create(&ids[i], NULL, work, NULL));
  for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
  free(ids);
  return 0;
}
