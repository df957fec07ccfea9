// The functions of the data path and of memory windows, which programs call through a device's table.
#ifndef VERBSCOPE_DATA_H
#define VERBSCOPE_DATA_H
#include "verbs.h"

int data_post_send(struct ibv_qp *, struct ibv_send_wr *, struct ibv_send_wr **);
int data_post_recv(struct ibv_qp *, struct ibv_recv_wr *, struct ibv_recv_wr **);
int data_post_srq_recv(struct ibv_srq *, struct ibv_recv_wr *, struct ibv_recv_wr **);
int data_poll_cq(struct ibv_cq *, int, struct ibv_wc *);
int data_req_notify_cq(struct ibv_cq *, int);
struct ibv_mw *window_alloc(struct ibv_pd *, enum ibv_mw_type);
int window_bind(struct ibv_qp *, struct ibv_mw *, struct ibv_mw_bind *);
int window_dealloc(struct ibv_mw *);

// Function pointers of extended queues, as a provider filled them in.
void data_wrap_cq_ex(struct ibv_cq_ex *);
#endif
