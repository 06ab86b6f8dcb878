#include "tasker.h"
#include "host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMPLETE, CHECKPOINT, FAILED };

struct tasker_ctx {
  bool has_failed;
  tasker_ended failure;
};

static const tasker_host *host;

void tasker_set_host(const tasker_host *of) { host = of; }

const tasker_host *tasker_current_host(void) { return host; }

tasker_ctx *tasker_new_ctx(void) { return tasker_allocate(sizeof(tasker_ctx)); }

/* Outcomes and failures */

tasker_outcome tasker_complete(tasker_json result) { return (tasker_outcome){COMPLETE, result}; }

tasker_outcome tasker_checkpoint(tasker_json kept) { return (tasker_outcome){CHECKPOINT, kept}; }

tasker_outcome tasker_fail(tasker_ctx *ctx, tasker_retry retry, uint64_t after_ms, const char *code, const char *message) {
  if (!ctx->has_failed) {
    ctx->has_failed = true;
    ctx->failure = (tasker_ended){
        .is = TASKER_ENDED_FAILED, .code = code, .message = message, .retry = retry, .after_ms = after_ms};
  }
  return (tasker_outcome){FAILED, NULL};
}

#define FAIL_AS_SAID(retry, after_ms)                                \
  va_list arguments, again;                                          \
  va_start(arguments, format);                                       \
  va_copy(again, arguments);                                         \
  int length = vsnprintf(NULL, 0, format, arguments);                \
  char *message = tasker_allocate((size_t)length + 1);               \
  vsnprintf(message, (size_t)length + 1, format, again);             \
  va_end(again);                                                     \
  va_end(arguments);                                                 \
  return tasker_fail(ctx, retry, after_ms, code, message)

tasker_outcome tasker_permanent(tasker_ctx *ctx, const char *code, const char *format, ...) {
  FAIL_AS_SAID(TASKER_RETRY_NEVER, 0);
}

tasker_outcome tasker_retryable(tasker_ctx *ctx, const char *code, const char *format, ...) {
  FAIL_AS_SAID(TASKER_RETRY_POLICY, 0);
}

tasker_outcome tasker_retry_after(tasker_ctx *ctx, uint64_t ms, const char *code, const char *format, ...) {
  FAIL_AS_SAID(TASKER_RETRY_AFTER, ms);
}

tasker_outcome tasker_details(tasker_ctx *ctx, tasker_json details) {
  if (ctx->has_failed) ctx->failure.details = tasker_json_write(details);
  return (tasker_outcome){FAILED, NULL};
}

tasker_ended tasker_failure_of(const tasker_ctx *ctx) { return ctx->failure; }

bool tasker_has_failed(const tasker_ctx *ctx) { return ctx->has_failed; }

void tasker_crash(const char *file, int line, const char *message) {
  /* By the log of the host, so that a component needs no stream for it. */
  const char *said = tasker_format("panicked at %s:%d: %s", file, line, message);
  if (host != NULL) host->log(host->self, TASKER_ERROR, said, NULL, 0);
  abort();
}

/* Members */

static const char *const NAMES[] = {"null", "a boolean", "a number", "a string", "an array", "an object"};

static void mismatch(tasker_ctx *ctx, tasker_json object, const char *name, const char *expected, tasker_json found) {
  const char *before = tasker_json_path(object);
  const char *path = name == NULL ? before : tasker_format("%s%s%s", before, *before == 0 ? "" : ".", name);
  const char *at = *path == 0 ? "" : tasker_format(" at `%s`", path);
  const char *is = NAMES[tasker_json_type(found)];
  const char *text = found == NULL ? NULL : tasker_json_write(found);
  bool is_short = text != NULL && strlen(text) <= 40 && tasker_json_type(found) > TASKER_NULL && tasker_json_type(found) < TASKER_ARRAY;
  const char *shown = is_short ? tasker_format("%s (%s)", is, text) : is;
  const char *message = tasker_format("the input is wrong%s: expected %s, found %s", at, expected, shown);
  tasker_fail(ctx, TASKER_RETRY_NEVER, 0, "invalid_input", message);
}

tasker_json tasker_expect(tasker_ctx *ctx, tasker_json value, tasker_type type) {
  if (tasker_json_type(value) != type) mismatch(ctx, value, NULL, NAMES[type], value);
  return value;
}

static tasker_json member(tasker_ctx *ctx, tasker_json object, const char *name, tasker_type type, const char *expected) {
  if (tasker_json_type(object) != TASKER_OBJECT) {
    mismatch(ctx, object, NULL, "an object", object);
    return NULL;
  }
  tasker_json value = tasker_json_get(object, name);
  if (value == NULL) {
    const char *path = tasker_json_path(object);
    const char *at = *path == 0 ? "" : tasker_format(" at `%s`", path);
    tasker_fail(ctx, TASKER_RETRY_NEVER, 0, "invalid_input", tasker_format("the input is wrong%s: `%s` is missing", at, name));
  } else if (tasker_json_type(value) != type) {
    mismatch(ctx, object, name, expected, value);
    return NULL;
  }
  return value;
}

static bool is_absent(tasker_json object, const char *name) {
  return tasker_json_type(object) == TASKER_OBJECT && tasker_json_type(tasker_json_get(object, name)) == TASKER_NULL;
}

const char *tasker_text(tasker_ctx *ctx, tasker_json object, const char *name) {
  return tasker_json_as_text(member(ctx, object, name, TASKER_TEXT, "a string"), "");
}

int64_t tasker_integer(tasker_ctx *ctx, tasker_json object, const char *name) {
  tasker_json value = member(ctx, object, name, TASKER_NUMBER, "an integer");
  int64_t integer = 0;
  if (value != NULL && !tasker_json_as_integer(value, &integer)) mismatch(ctx, object, name, "an integer of 64 bits", value);
  return integer;
}

double tasker_number(tasker_ctx *ctx, tasker_json object, const char *name) {
  return tasker_json_as_number(member(ctx, object, name, TASKER_NUMBER, "a number"), 0);
}

bool tasker_boolean(tasker_ctx *ctx, tasker_json object, const char *name) {
  return tasker_json_as_boolean(member(ctx, object, name, TASKER_BOOLEAN, "a boolean"), false);
}

tasker_json tasker_array(tasker_ctx *ctx, tasker_json object, const char *name) {
  return member(ctx, object, name, TASKER_ARRAY, "an array");
}

tasker_json tasker_object(tasker_ctx *ctx, tasker_json object, const char *name) {
  return member(ctx, object, name, TASKER_OBJECT, "an object");
}

const char *tasker_text_or(tasker_ctx *ctx, tasker_json object, const char *name, const char *fallback) {
  return is_absent(object, name) ? fallback : tasker_text(ctx, object, name);
}

int64_t tasker_integer_or(tasker_ctx *ctx, tasker_json object, const char *name, int64_t fallback) {
  return is_absent(object, name) ? fallback : tasker_integer(ctx, object, name);
}

bool tasker_boolean_or(tasker_ctx *ctx, tasker_json object, const char *name, bool fallback) {
  return is_absent(object, name) ? fallback : tasker_boolean(ctx, object, name);
}

size_t tasker_one_of(tasker_ctx *ctx, tasker_json object, const char *name, const char *const *allowed) {
  tasker_json value = member(ctx, object, name, TASKER_TEXT, "a string");
  const char *text = tasker_json_as_text(value, NULL);
  const char *expected = "";
  for (size_t at = 0; allowed[at] != NULL; at += 1) {
    if (text != NULL && strcmp(text, allowed[at]) == 0) return at;
    expected = tasker_format("%s%s\"%s\"", expected, at == 0 ? "" : " or ", allowed[at]);
  }
  if (value != NULL) mismatch(ctx, object, name, expected, value);
  return 0;
}

/* The context */

const char *tasker_task_id(tasker_ctx *ctx) { return (void)ctx, host->task_id(host->self); }
const char *tasker_namespace(tasker_ctx *ctx) { return (void)ctx, host->namespace(host->self); }
const char *tasker_step_name(tasker_ctx *ctx) { return (void)ctx, host->step_name(host->self); }
uint32_t tasker_attempt(tasker_ctx *ctx) { return (void)ctx, host->attempt(host->self); }
uint32_t tasker_max_attempts(tasker_ctx *ctx) { return (void)ctx, host->max_attempts(host->self); }
const char *tasker_idempotency_key(tasker_ctx *ctx) { return (void)ctx, host->idempotency_key(host->self); }
const char *tasker_correlation_id(tasker_ctx *ctx) { return (void)ctx, host->correlation_id(host->self); }
const char *tasker_traceparent(tasker_ctx *ctx) { return (void)ctx, host->traceparent(host->self); }
uint64_t tasker_remaining_ms(tasker_ctx *ctx) { return (void)ctx, host->remaining_ms(host->self); }

static tasker_json read(tasker_ctx *ctx, const char *what, const char *text) {
  const char *why = NULL;
  tasker_json value = tasker_json_read(text, strlen(text), &why);
  if (value == NULL) {
    const char *code = tasker_format("invalid_%s", what);
    tasker_fail(ctx, TASKER_RETRY_NEVER, 0, code, tasker_format("the %s is no JSON: %s", what, why));
  }
  return value;
}

tasker_json tasker_task_input(tasker_ctx *ctx) { return read(ctx, "task_input", host->task_input(host->self)); }

tasker_json tasker_dependency(tasker_ctx *ctx, const char *step) {
  if (ctx->has_failed) return NULL;
  const char *text = host->dependency(host->self, step);
  if (text != NULL) return read(ctx, "dependency", text);
  const char *format = "there is no result of a step `%s` here; name it in this step's depends_on";
  tasker_fail(ctx, TASKER_RETRY_NEVER, 0, "missing_dependency", tasker_format(format, step));
  return NULL;
}

tasker_json tasker_config(tasker_ctx *ctx) {
  tasker_json config = read(ctx, "config", host->config(host->self));
  return tasker_json_type(config) == TASKER_NULL ? tasker_json_object() : config;
}

tasker_json tasker_last_checkpoint(tasker_ctx *ctx) {
  const char *text = host->last_checkpoint(host->self);
  return text == NULL ? NULL : read(ctx, "checkpoint", text);
}

/* The value as text; NULL, and a failure, where JSON cannot say it. */
static const char *written(tasker_ctx *ctx, const char *what, tasker_json value) {
  const char *text = tasker_json_write(value);
  if (text == NULL) {
    const char *code = tasker_format("invalid_%s", what);
    const char *message = tasker_format("the %s cannot be written as JSON: a number is not finite", what);
    tasker_fail(ctx, TASKER_RETRY_NEVER, 0, code, message);
  }
  return text;
}

void tasker_heartbeat(tasker_ctx *ctx, tasker_json progress) {
  const char *text = progress == NULL ? NULL : written(ctx, "progress", progress);
  if (ctx->has_failed || host->heartbeat(host->self, text)) return;
  tasker_fail(ctx, TASKER_RETRY_NEVER, 0, "cancelled", "the task was cancelled");
}

static const char *secret(tasker_ctx *ctx, const char *name, bool in_clear) {
  const char *value = "", *why = "";
  if (ctx->has_failed) return value;
  switch (host->secret(host->self, name, in_clear, &value, &why)) {
    case TASKER_ALLOWED:
      return value;
    case TASKER_REFUSED_UNKNOWN:
      tasker_permanent(ctx, "secret_unknown", "there is no secret `%s` in this namespace; an operator can set it", name);
      return "";
    case TASKER_REFUSED_NOT_GRANTED:
      tasker_permanent(ctx, "secret_not_granted", "this component was not granted the secret `%s` for this use", name);
      return "";
    default:
      tasker_retryable(ctx, "secret_failed", "there is no secret `%s`: %s", name, why);
      return "";
  }
}

const char *tasker_secret(tasker_ctx *ctx, const char *name) { return secret(ctx, name, false); }

const char *tasker_secret_in_clear(tasker_ctx *ctx, const char *name) { return secret(ctx, name, true); }

/* Entries */

static bool kv_allowed(tasker_ctx *ctx, tasker_refusal refusal, const char *bucket, const char *key, const char *why) {
  const char *place = tasker_format("kv %s/%s", bucket, key);
  switch (refusal) {
    case TASKER_ALLOWED:
      return true;
    case TASKER_REFUSED_NOT_GRANTED:
      tasker_permanent(ctx, "kv_not_granted", "%s: this component was not granted the bucket for this use", place);
      return false;
    case TASKER_REFUSED_INVALID:
      tasker_permanent(ctx, "kv_invalid", "%s: %s", place, why);
      return false;
    case TASKER_REFUSED_CONFLICT:
      tasker_retryable(ctx, "kv_conflict", "%s: another attempt changed it meanwhile", place);
      return false;
    default:
      tasker_retryable(ctx, "kv_failed", "%s: %s", place, why);
      return false;
  }
}

tasker_entry tasker_kv_get(tasker_ctx *ctx, const char *bucket, const char *key) {
  tasker_entry entry = {0};
  const char *text = NULL, *why = "";
  if (ctx->has_failed) return entry;
  tasker_refusal refusal = host->kv_get(host->self, bucket, key, &text, &entry.version, &why);
  if (kv_allowed(ctx, refusal, bucket, key, why) && text != NULL) entry.value = read(ctx, "kv_value", text);
  return entry;
}

void tasker_kv_set(tasker_ctx *ctx, const char *bucket, const char *key, tasker_json value) {
  const char *text = written(ctx, "kv_value", value), *why = "";
  if (ctx->has_failed) return;
  kv_allowed(ctx, host->kv_set(host->self, bucket, key, text, &why), bucket, key, why);
}

void tasker_kv_replace(tasker_ctx *ctx, const char *bucket, const char *key, tasker_entry found, tasker_json value) {
  const char *text = written(ctx, "kv_value", value), *why = "";
  if (ctx->has_failed) return;
  const uint64_t *expected = found.value == NULL ? NULL : &found.version;
  kv_allowed(ctx, host->kv_compare_and_set(host->self, bucket, key, expected, text, &why), bucket, key, why);
}

void tasker_kv_remove(tasker_ctx *ctx, const char *bucket, const char *key) {
  const char *why = "";
  if (ctx->has_failed) return;
  kv_allowed(ctx, host->kv_set(host->self, bucket, key, NULL, &why), bucket, key, why);
}

tasker_json tasker_kv_keys(tasker_ctx *ctx, const char *bucket, const char *prefix, uint32_t limit) {
  tasker_json keys = tasker_json_array();
  const char *why = "";
  if (ctx->has_failed) return keys;
  kv_allowed(ctx, host->kv_keys(host->self, bucket, prefix, limit, keys, &why), bucket, prefix, why);
  return keys;
}

/* Events and the log */

void tasker_send_event(tasker_ctx *ctx, const char *name, tasker_json payload) {
  const char *text = written(ctx, "event", payload), *why = "";
  if (ctx->has_failed) return;
  switch (host->send_event(host->self, name, text, &why)) {
    case TASKER_ALLOWED:
      return;
    case TASKER_REFUSED_NOT_GRANTED:
      tasker_permanent(ctx, "event_not_granted", "this component was not granted the event `%s`", name);
      return;
    case TASKER_REFUSED_INVALID:
      tasker_permanent(ctx, "event_invalid", "event `%s`: %s", name, why);
      return;
    default:
      tasker_retryable(ctx, "event_failed", "event `%s`: %s", name, why);
  }
}

void tasker_log(tasker_level level, const char *message, ...) {
  enum { MAX_WORDS = 64 };
  const char *words[MAX_WORDS];
  size_t count = 0;
  va_list arguments;
  va_start(arguments, message);
  for (const char *word; count < MAX_WORDS && (word = va_arg(arguments, const char *)) != NULL; count += 1) words[count] = word;
  va_end(arguments);
  host->log(host->self, level, message, words, count / 2);
}
