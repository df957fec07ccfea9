// A libibverbs without hardware, for tests of the recorder: every call works, in the memory of one process.
// Queue pairs that are connected to each other exchange data at once, when a request is posted.
#ifndef STUB_H
#define STUB_H
#pragma GCC visibility push(default)
#include <infiniband/verbs.h>
#pragma GCC visibility pop
#undef ibv_reg_mr
#undef ibv_reg_mr_iova
#undef ibv_query_port
#undef ibv_get_device_list
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

enum { RECEIVES = 4096, STAGED = 64, STAGED_SGES = 32 };

struct stub_channel {
  struct ibv_comp_channel channel;
  int write_end;
};
struct stub_cq {
  union {
    struct ibv_cq cq;
    struct ibv_cq_ex ex;
  };
  pthread_mutex_t lock;
  struct ibv_wc *wc;
  unsigned size, put, got;
  bool armed;
  struct ibv_wc at; // where an extended poll stands
};
struct stub_receives {
  pthread_mutex_t lock;
  struct {
    uint64_t wr_id;
    struct ibv_sge sge;
  } entry[RECEIVES];
  unsigned put, got;
};
struct stub_srq {
  struct ibv_srq srq;
  struct stub_receives receives;
};
struct stub_qp {
  union {
    struct ibv_qp qp;
    struct ibv_qp_ex ex;
  };
  bool extended, signal_all;
  uint32_t dest;
  struct stub_receives receives;
  struct ibv_send_wr staged[STAGED];
  struct ibv_sge staged_sge[STAGED][STAGED_SGES];
  int stages;
};

uint32_t stub_handle(void);
struct stub_qp *stub_qp_numbered(uint32_t number);
int stub_post_send(struct ibv_qp *, struct ibv_send_wr *, struct ibv_send_wr **);
int stub_post_recv(struct ibv_qp *, struct ibv_recv_wr *, struct ibv_recv_wr **);
int stub_post_srq_recv(struct ibv_srq *, struct ibv_recv_wr *, struct ibv_recv_wr **);
int stub_poll_cq(struct ibv_cq *, int, struct ibv_wc *);
int stub_req_notify_cq(struct ibv_cq *, int);
void stub_complete(struct ibv_cq *, const struct ibv_wc *, bool solicited);
struct ibv_qp *stub_create_qp_ex(struct ibv_context *, struct ibv_qp_init_attr_ex *);
struct ibv_cq_ex *stub_create_cq_ex(struct ibv_context *, struct ibv_cq_init_attr_ex *);
struct ibv_srq *stub_create_srq_ex(struct ibv_context *, struct ibv_srq_init_attr_ex *);
void stub_extend_qp(struct stub_qp *);
void stub_extend_cq(struct stub_cq *);
#endif
