/* The host of a component: what the bindings import. Texts from the host end with a NUL, see `cabi_realloc`. */
#ifdef __wasm__
#include "wasm.h"

#include <stdlib.h>
#include <string.h>

/* The bindings and the host take memory for what crosses into the component here. One byte more makes each text end. */
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  (void)old_size, (void)align;
  char *memory = realloc(old, size + 1);
  if (memory == NULL) abort();
  memory[size] = 0;
  return memory;
}

wit_imports_string_t tasker_lent(const char *text) {
  return (wit_imports_string_t){(uint8_t *)text, strlen(text)};
}

static const char *text_of(wit_imports_string_t text) { return text.ptr == NULL ? "" : (const char *)text.ptr; }

#define ASK_FOR_TEXT(name)                    \
  static const char *name(void *self) {       \
    wit_imports_string_t text;                \
    (void)self;                               \
    tasker_step_context_##name(&text);        \
    return text_of(text);                     \
  }
#define ASK_FOR_OPTIONAL_TEXT(name)                                    \
  static const char *name(void *self) {                                \
    wit_imports_string_t text;                                         \
    (void)self;                                                        \
    return tasker_step_context_##name(&text) ? text_of(text) : NULL;   \
  }
#define ASK_FOR_NUMBER(type, name) \
  static type name(void *self) { return (void)self, tasker_step_context_##name(); }

ASK_FOR_TEXT(task_id)
ASK_FOR_TEXT(namespace)
ASK_FOR_TEXT(step_name)
ASK_FOR_NUMBER(uint32_t, attempt)
ASK_FOR_NUMBER(uint32_t, max_attempts)
ASK_FOR_TEXT(idempotency_key)
ASK_FOR_TEXT(correlation_id)
ASK_FOR_OPTIONAL_TEXT(traceparent)
ASK_FOR_NUMBER(uint64_t, remaining_ms)
ASK_FOR_TEXT(task_input)
ASK_FOR_TEXT(config)
ASK_FOR_OPTIONAL_TEXT(last_checkpoint)

static const char *dependency(void *self, const char *step) {
  wit_imports_string_t name = tasker_lent(step), result;
  (void)self;
  return tasker_step_context_dependency(&name, &result) ? text_of(result) : NULL;
}

static bool heartbeat(void *self, const char *progress) {
  (void)self;
  if (progress == NULL) return tasker_step_context_heartbeat(NULL);
  wit_imports_string_t text = tasker_lent(progress);
  return tasker_step_context_heartbeat(&text);
}

/* What a later host says: a name and a payload. */
static tasker_refusal otherwise(wit_imports_string_t name, wit_imports_string_t payload, const char **why) {
  *why = tasker_format("%s %s", text_of(name), text_of(payload));
  return TASKER_REFUSED_OTHERWISE;
}

static tasker_refusal secret(void *self, const char *name, bool in_clear, const char **value, const char **why) {
  wit_imports_string_t asked = tasker_lent(name), text;
  tasker_step_secrets_error_t error;
  (void)self;
  if (in_clear ? tasker_step_secrets_reveal(&asked, &text, &error) : tasker_step_secrets_get(&asked, &text, &error)) {
    *value = text_of(text);
    return TASKER_ALLOWED;
  }
  switch (error.tag) {
    case TASKER_STEP_SECRETS_ERROR_UNKNOWN: return TASKER_REFUSED_UNKNOWN;
    case TASKER_STEP_SECRETS_ERROR_NOT_GRANTED: return TASKER_REFUSED_NOT_GRANTED;
    default: return otherwise(error.val.extension.f0, error.val.extension.f1, why);
  }
}

static tasker_refusal kv_refusal(const tasker_step_kv_error_t *error, const char **why) {
  switch (error->tag) {
    case TASKER_STEP_KV_ERROR_NOT_GRANTED: return TASKER_REFUSED_NOT_GRANTED;
    case TASKER_STEP_KV_ERROR_CONFLICT: return TASKER_REFUSED_CONFLICT;
    case TASKER_STEP_KV_ERROR_INVALID: *why = text_of(error->val.invalid); return TASKER_REFUSED_INVALID;
    default: return otherwise(error->val.extension.f0, error->val.extension.f1, why);
  }
}

static tasker_refusal kv_get(void *self, const char *bucket, const char *key, const char **value, uint64_t *version, const char **why) {
  wit_imports_string_t in = tasker_lent(bucket), of = tasker_lent(key);
  tasker_step_kv_option_entry_t entry;
  tasker_step_kv_error_t error;
  (void)self;
  if (!tasker_step_kv_get(&in, &of, &entry, &error)) return kv_refusal(&error, why);
  *value = entry.is_some ? text_of(entry.val.value) : NULL;
  *version = entry.is_some ? entry.val.version : 0;
  return TASKER_ALLOWED;
}

static tasker_refusal kv_set(void *self, const char *bucket, const char *key, const char *value, const char **why) {
  wit_imports_string_t in = tasker_lent(bucket), of = tasker_lent(key);
  tasker_step_kv_error_t error;
  bool is_set;
  (void)self;
  if (value == NULL) {
    is_set = tasker_step_kv_delete(&in, &of, &error);
  } else {
    wit_imports_string_t text = tasker_lent(value);
    is_set = tasker_step_kv_set(&in, &of, &text, &error);
  }
  return is_set ? TASKER_ALLOWED : kv_refusal(&error, why);
}

static tasker_refusal kv_compare_and_set(void *self, const char *bucket, const char *key, const uint64_t *expected, const char *value, const char **why) {
  wit_imports_string_t in = tasker_lent(bucket), of = tasker_lent(key), text = tasker_lent(value);
  uint64_t version = expected == NULL ? 0 : *expected;
  tasker_step_kv_error_t error;
  (void)self;
  bool is_set = tasker_step_kv_compare_and_set(&in, &of, expected == NULL ? NULL : &version, &text, &error);
  return is_set ? TASKER_ALLOWED : kv_refusal(&error, why);
}

static tasker_refusal kv_keys(void *self, const char *bucket, const char *prefix, uint32_t limit, tasker_json keys, const char **why) {
  wit_imports_string_t in = tasker_lent(bucket), start = tasker_lent(prefix);
  wit_imports_list_string_t found;
  tasker_step_kv_error_t error;
  (void)self;
  if (!tasker_step_kv_list_keys(&in, &start, limit, &found, &error)) return kv_refusal(&error, why);
  for (size_t at = 0; at < found.len; at += 1) tasker_json_push(keys, tasker_json_text(text_of(found.ptr[at])));
  return TASKER_ALLOWED;
}

static tasker_refusal send_event(void *self, const char *name, const char *payload, const char **why) {
  wit_imports_string_t under = tasker_lent(name), text = tasker_lent(payload);
  tasker_step_events_error_t error;
  (void)self;
  if (tasker_step_events_send(&under, &text, &error)) return TASKER_ALLOWED;
  switch (error.tag) {
    case TASKER_STEP_EVENTS_ERROR_NOT_GRANTED: return TASKER_REFUSED_NOT_GRANTED;
    case TASKER_STEP_EVENTS_ERROR_INVALID: *why = text_of(error.val.invalid); return TASKER_REFUSED_INVALID;
    default: return otherwise(error.val.extension.f0, error.val.extension.f1, why);
  }
}

static void log_line(void *self, tasker_level level, const char *message, const char *const *fields, size_t count) {
  wit_imports_string_t text = tasker_lent(message);
  wit_imports_tuple2_string_string_t *all = tasker_allocate(count * sizeof *all);
  wit_imports_list_tuple2_string_string_t list = {all, count};
  (void)self;
  for (size_t at = 0; at < count; at += 1) {
    all[at].f0 = tasker_lent(fields[2 * at]);
    all[at].f1 = tasker_lent(fields[2 * at + 1]);
  }
  tasker_step_log_log((tasker_step_log_level_t)level, &text, &list);
}

void tasker_use_real_host(void) {
  static const tasker_host real = {NULL, task_id, namespace, step_name, attempt, max_attempts, idempotency_key, correlation_id,
      traceparent, remaining_ms, task_input, dependency, config, last_checkpoint, heartbeat, secret, kv_get, kv_set,
      kv_compare_and_set, kv_keys, send_event, log_line};
  tasker_set_host(&real);
}

uint64_t tasker_now_ms(void) {
  wasi_clocks_wall_clock_datetime_t now;
  wasi_clocks_wall_clock_now(&now);
  return now.seconds * 1000 + now.nanoseconds / 1000000;
}

double tasker_random(void) {
  /* As many bits as a double has. */
  return (double)(wasi_random_random_get_random_u64() >> 11) * 0x1p-53;
}

#endif
