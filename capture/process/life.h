// When recording begins and ends in the life of a process.
#ifndef VERBSCOPE_LIFE_H
#define VERBSCOPE_LIFE_H
// A device was opened: from here on there is a file. Calls before it waited in their rings.
void life_begin(void);
// A thread records for the first time. In a child after fork that has the parent's devices, the file begins here.
void life_thread_entered(void);
// Brings what is recorded into the file, as the process may be gone or another soon.
void life_flush(void);
// The process ends: all into the file, the footer behind it.
void life_end(void);
#endif
