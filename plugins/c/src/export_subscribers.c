/* Exports the subscribers. The linker takes this file where the author has a list of them. */
#ifdef __wasm__
#include "host.h"

#include <string.h>

#include "wit_subscribers.c"

extern const char tasker_export_descriptor;
const char tasker_export_subscribers = 0;
const char *const tasker_exported_with_subscribers = &tasker_export_descriptor;

/* The bindings free what is returned, so that it is a copy. */
static wit_subscribers_string_t owned(const char *text) {
  size_t length = strlen(text);
  return (wit_subscribers_string_t){memcpy(tasker_allocate(length + 1), text, length), length};
}

static const char *optional(wit_subscribers_option_string_t text) { return text.is_some ? (const char *)text.val.ptr : NULL; }

static tasker_ended handle(const char *name, const exports_tasker_step_subscriber_event_t *event) {
  const char *why = NULL;
  tasker_event told = {
      .id = (const char *)event->id.ptr,
      .source = (const char *)event->source.ptr,
      .type = (const char *)event->event_type.ptr,
      .subject = optional(event->subject),
      .time = (const char *)event->time.ptr,
      .sequence = (const char *)event->sequence.ptr,
      .correlation_id = optional(event->correlation_id),
      .attributes = tasker_json_object(),
      .data = tasker_json_read((const char *)event->data.ptr, event->data.len, &why),
  };
  for (size_t at = 0; at < event->attributes.len; at += 1) {
    const wit_subscribers_tuple2_string_string_t *one = &event->attributes.ptr[at];
    tasker_json_put(told.attributes, (const char *)one->f0.ptr, tasker_json_text((const char *)one->f1.ptr));
  }
  if (told.data == NULL) {
    const char *message = tasker_format("the data of the event is no JSON: %s", why);
    return (tasker_ended){.is = TASKER_ENDED_FAILED, .code = "invalid_event", .message = message, .retry = TASKER_RETRY_NEVER};
  }
  return tasker_handle(name, &told);
}

bool exports_tasker_step_subscriber_handle(wit_subscribers_string_t *name, exports_tasker_step_subscriber_event_t *event,
    exports_tasker_step_subscriber_failure_t *failure) {
  static const uint8_t RETRIES[] = {
      TASKER_STEP_TYPES_RETRY_POLICY, TASKER_STEP_TYPES_RETRY_NEVER, TASKER_STEP_TYPES_RETRY_AFTER_MS};
  tasker_use_real_host();
  tasker_ended ended = handle((const char *)name->ptr, event);
  if (ended.is != TASKER_ENDED_FAILED) return true;
  failure->code = owned(ended.code);
  failure->message = owned(ended.message);
  failure->details.is_some = ended.details != NULL;
  if (ended.details != NULL) failure->details.val = owned(ended.details);
  failure->retry.tag = RETRIES[ended.retry];
  failure->retry.val.after_ms = ended.after_ms;
  return false;
}

#endif
