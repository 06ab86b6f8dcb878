/* What the SDK asks of the host; a test makes it up. Values are JSON text that ends with a NUL. */
#ifndef TASKER_HOST_H
#define TASKER_HOST_H

#include "tasker.h"

/* Why the host refused a call. */
typedef enum {
  TASKER_ALLOWED,
  TASKER_REFUSED_UNKNOWN,
  TASKER_REFUSED_NOT_GRANTED,
  TASKER_REFUSED_INVALID,
  TASKER_REFUSED_CONFLICT,
  TASKER_REFUSED_OTHERWISE,
} tasker_refusal;

typedef struct tasker_host {
  /* The test's own. */
  void *self;
  const char *(*task_id)(void *self);
  const char *(*namespace)(void *self);
  const char *(*step_name)(void *self);
  uint32_t (*attempt)(void *self);
  uint32_t (*max_attempts)(void *self);
  const char *(*idempotency_key)(void *self);
  const char *(*correlation_id)(void *self);
  const char *(*traceparent)(void *self);
  uint64_t (*remaining_ms)(void *self);
  const char *(*task_input)(void *self);
  /* NULL where there is none. */
  const char *(*dependency)(void *self, const char *step);
  const char *(*config)(void *self);
  const char *(*last_checkpoint)(void *self);
  bool (*heartbeat)(void *self, const char *progress);
  /* Where a call is refused as invalid, or otherwise, `why` says it in words. */
  tasker_refusal (*secret)(void *self, const char *name, bool in_clear, const char **value, const char **why);
  /* `value` is NULL where there is none. */
  tasker_refusal (*kv_get)(void *self, const char *bucket, const char *key, const char **value, uint64_t *version, const char **why);
  /* A NULL removes the entry. */
  tasker_refusal (*kv_set)(void *self, const char *bucket, const char *key, const char *value, const char **why);
  /* `expected` is NULL where nothing is to stand there. */
  tasker_refusal (*kv_compare_and_set)(void *self, const char *bucket, const char *key, const uint64_t *expected, const char *value, const char **why);
  /* Adds each key to an array. */
  tasker_refusal (*kv_keys)(void *self, const char *bucket, const char *prefix, uint32_t limit, tasker_json keys, const char **why);
  tasker_refusal (*send_event)(void *self, const char *name, const char *payload, const char **why);
  /* Fields are names and values in turn. */
  void (*log)(void *self, tasker_level level, const char *message, const char *const *fields, size_t count);
} tasker_host;

/* Whether and when to try again. */
typedef enum { TASKER_RETRY_POLICY, TASKER_RETRY_NEVER, TASKER_RETRY_AFTER } tasker_retry;

/* How a handler ended, as it crosses to the host; `details` may be NULL. */
typedef struct {
  enum { TASKER_ENDED_COMPLETE, TASKER_ENDED_CHECKPOINT, TASKER_ENDED_FAILED } is;
  const char *text;
  const char *code;
  const char *message;
  const char *details;
  tasker_retry retry;
  uint64_t after_ms;
} tasker_ended;

/* Makes this the host of all that follows. */
void tasker_set_host(const tasker_host *host);
/* The host that was set. */
const tasker_host *tasker_current_host(void);
#ifdef __wasm__
/* Makes the host that runs the component the host of all that follows. */
void tasker_use_real_host(void);
#endif

/* A context of the host, for tests. */
tasker_ctx *tasker_new_ctx(void);
/* The failure of a context of which a call failed. */
tasker_ended tasker_failure_of(const tasker_ctx *ctx);
/* How a handler ended that returned this. */
tasker_ended tasker_ended_as(tasker_ctx *ctx, tasker_outcome outcome);

/* Fails the attempt, unless it failed before. */
tasker_outcome tasker_fail(tasker_ctx *ctx, tasker_retry retry, uint64_t after_ms, const char *code, const char *message);

/* Runs a handler of this component. */
tasker_ended tasker_execute(const char *name, const char *input);
/* Runs a subscriber of this component. */
tasker_ended tasker_handle(const char *name, const tasker_event *event);
/* What this component says of itself. */
const char *tasker_describe(void);

#endif
