/* Exports what a component says of itself. The linker takes this file for a component of any kind. */
#ifdef __wasm__
#include "host.h"

#include <string.h>

#include "wit_descriptor.c"

const char tasker_export_descriptor = 0;

void exports_tasker_step_descriptor_describe(exports_tasker_step_descriptor_json_t *described) {
  tasker_use_real_host();
  const char *text = tasker_describe();
  *described = (wit_descriptor_string_t){(uint8_t *)text, strlen(text)};
}

#endif
