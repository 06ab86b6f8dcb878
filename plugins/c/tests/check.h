/* What tests are written with: the first that fails ends the program. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(is_so) ((is_so) ? (void)0 : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #is_so), exit(1)))
#define CHECK_TEXT(found, expected) check_text(__FILE__, __LINE__, (found), (expected))

static inline void check_text(const char *file, int line, const char *found, const char *expected) {
  if (found != NULL && strcmp(found, expected) == 0) return;
  fprintf(stderr, "%s:%d: %s\n  and not %s\n", file, line, found == NULL ? "nothing" : found, expected);
  exit(1);
}

#endif
