/* Exports the handlers. The linker takes this file where the author has a list of them. */
#ifdef __wasm__
#include "host.h"

#include <string.h>

#include "wit_handlers.c"

extern const char tasker_export_descriptor;
const char tasker_export_handlers = 0;
const char *const tasker_exported_with_handlers = &tasker_export_descriptor;

/* The bindings free what is returned, so that it is a copy. */
static wit_handlers_string_t owned(const char *text) {
  size_t length = strlen(text);
  return (wit_handlers_string_t){memcpy(tasker_allocate(length + 1), text, length), length};
}

bool exports_tasker_step_handler_execute(wit_handlers_string_t *name, exports_tasker_step_handler_json_t *input,
    exports_tasker_step_handler_outcome_t *outcome, exports_tasker_step_handler_failure_t *failure) {
  tasker_use_real_host();
  tasker_ended ended = tasker_execute((const char *)name->ptr, (const char *)input->ptr);
  if (ended.is != TASKER_ENDED_FAILED) {
    bool is_complete = ended.is == TASKER_ENDED_COMPLETE;
    outcome->tag = is_complete ? TASKER_STEP_TYPES_OUTCOME_COMPLETE : TASKER_STEP_TYPES_OUTCOME_CHECKPOINT;
    outcome->val.complete = (wit_handlers_string_t){(uint8_t *)ended.text, strlen(ended.text)};
    return true;
  }
  static const uint8_t RETRIES[] = {
      TASKER_STEP_TYPES_RETRY_POLICY, TASKER_STEP_TYPES_RETRY_NEVER, TASKER_STEP_TYPES_RETRY_AFTER_MS};
  failure->code = owned(ended.code);
  failure->message = owned(ended.message);
  failure->details.is_some = ended.details != NULL;
  if (ended.details != NULL) failure->details.val = owned(ended.details);
  failure->retry.tag = RETRIES[ended.retry];
  failure->retry.val.after_ms = ended.after_ms;
  return false;
}

#endif
