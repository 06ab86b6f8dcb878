/* What the sources of a component share; native tests have none of it. */
#ifndef TASKER_WASM_H
#define TASKER_WASM_H

#include "host.h"
#include "wit_imports.h"

/* A text that is lent to a call. */
wit_imports_string_t tasker_lent(const char *text);

#endif
