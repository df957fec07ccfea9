// The file of one process: head, blocks, footer. One thread writes at a time.
#ifndef VERBSCOPE_FILE_H
#define VERBSCOPE_FILE_H
#include "format.h"
#include <stdbool.h>
#include <stddef.h>

bool file_open(uint32_t parent); // the parent's pid in a child after fork, otherwise 0
bool file_block(struct block_head *head, const void *one, size_t one_bytes, const void *two, size_t two_bytes);
void file_footer(void);
void file_close(void);
#endif
