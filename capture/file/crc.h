// CRC-32 as zlib and PNG have it (polynomial 0xedb88320), eight bytes a step.
#ifndef VERBSCOPE_CRC_H
#define VERBSCOPE_CRC_H
#include <stddef.h>
#include <stdint.h>
void crc_prepare(void);
uint32_t crc32_of(uint32_t before, const void *bytes, size_t count);
#endif
