// Polls without completions, of either API.
#ifndef VERBSCOPE_POLL_H
#define VERBSCOPE_POLL_H
#include "ring.h"

void poll_empty(struct thread *, struct ibv_cq *, uint8_t ctx, uint64_t start, uint64_t end);
void poll_failed(struct thread *, struct ibv_cq *, uint8_t ctx, uint64_t start, uint64_t end, int rc);
#endif
