// libibverbs and librdmacm without the macros that stand for functions: the recorder defines those itself.
#ifndef VERBSCOPE_VERBS_H
#define VERBSCOPE_VERBS_H
// What is declared here and defined by the recorder is what programs are to find; all else is its own.
#pragma GCC visibility push(default)
#include <infiniband/verbs.h>
#include <rdma/rdma_cma.h>
#pragma GCC visibility pop
#undef ibv_reg_mr
#undef ibv_reg_mr_iova
#undef ibv_query_port
#undef ibv_get_device_list
#endif
