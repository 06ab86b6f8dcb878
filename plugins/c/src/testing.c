/* The host of a test. */
#ifndef __wasm__
#include "tasker_testing.h"
#include "host.h"
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TASK "00000000-0000-7000-8000-000000000000"

tasker_test *tasker_test_new(void) {
  tasker_test *test = tasker_allocate(sizeof *test);
  *test = (tasker_test){
      .step_name = "step",
      .attempt = 1,
      .max_attempts = 3,
      .remaining_ms = 30000,
      .task_input = "{}",
      .config = "null",
      .sent = tasker_json_array(),
      .dependencies = tasker_json_object(),
      .secrets = tasker_json_object(),
      .entries = tasker_json_object(),
  };
  return test;
}

/* Entries are texts below `bucket/key`, with their version before the value; an empty text is none. */
static const char *entry(const tasker_test *test, const char *bucket, const char *key, uint64_t *version) {
  const char *stored = tasker_json_as_text(tasker_json_get(test->entries, tasker_format("%s/%s", bucket, key)), "");
  unsigned long long read = 0;
  int length = 0;
  bool is_there = sscanf(stored, "%llu %n", &read, &length) == 1 && length > 0;
  if (version != NULL) *version = read;
  return is_there ? stored + length : NULL;
}

void tasker_test_dependency(tasker_test *test, const char *step, const char *result) {
  tasker_json_put(test->dependencies, step, tasker_json_text(result));
}

void tasker_test_secret(tasker_test *test, const char *name, const char *value) {
  tasker_json_put(test->secrets, name, tasker_json_text(value));
}

void tasker_test_entry(tasker_test *test, const char *bucket, const char *key, const char *value) {
  uint64_t version = 0;
  entry(test, bucket, key, &version);
  const char *stored = value == NULL ? "" : tasker_format("%llu %s", (unsigned long long)version + 1, value);
  tasker_json_put(test->entries, tasker_format("%s/%s", bucket, key), tasker_json_text(stored));
}

const char *tasker_test_entry_of(const tasker_test *test, const char *bucket, const char *key) {
  return entry(test, bucket, key, NULL);
}

static const char *task_id(void *self) { return (void)self, TASK; }
static const char *namespace_of(void *self) { return (void)self, "test"; }
static const char *step_name(void *self) { return ((tasker_test *)self)->step_name; }
static uint32_t attempt(void *self) { return ((tasker_test *)self)->attempt; }
static uint32_t max_attempts(void *self) { return ((tasker_test *)self)->max_attempts; }
static const char *idempotency_key(void *self) { return tasker_format(TASK ":%s", step_name(self)); }
static const char *correlation_id(void *self) { return (void)self, "test"; }
static const char *traceparent(void *self) { return (void)self, NULL; }
static uint64_t remaining_ms(void *self) { return ((tasker_test *)self)->remaining_ms; }
static const char *task_input(void *self) { return ((tasker_test *)self)->task_input; }
static const char *config(void *self) { return ((tasker_test *)self)->config; }
static const char *last_checkpoint(void *self) { return ((tasker_test *)self)->checkpoint; }

static const char *dependency(void *self, const char *step) {
  return tasker_json_as_text(tasker_json_get(((tasker_test *)self)->dependencies, step), NULL);
}

static bool heartbeat(void *self, const char *progress) { return (void)progress, !((tasker_test *)self)->cancelled; }

static tasker_refusal secret(void *self, const char *name, bool in_clear, const char **value, const char **why) {
  (void)why;
  const char *known = tasker_json_as_text(tasker_json_get(((tasker_test *)self)->secrets, name), NULL);
  if (known == NULL) return TASKER_REFUSED_UNKNOWN;
  *value = in_clear ? known : tasker_format("tasker-secret-%032zu", strlen(known));
  return TASKER_ALLOWED;
}

static tasker_refusal kv_get(void *self, const char *bucket, const char *key, const char **value, uint64_t *version, const char **why) {
  (void)why;
  *value = entry(self, bucket, key, version);
  return TASKER_ALLOWED;
}

static tasker_refusal kv_set(void *self, const char *bucket, const char *key, const char *value, const char **why) {
  (void)why;
  tasker_test_entry(self, bucket, key, value);
  return TASKER_ALLOWED;
}

static tasker_refusal kv_compare_and_set(void *self, const char *bucket, const char *key, const uint64_t *expected, const char *value, const char **why) {
  uint64_t version = 0;
  bool is_there = entry(self, bucket, key, &version) != NULL;
  bool is_expected = expected == NULL ? !is_there : is_there && version == *expected;
  return is_expected ? kv_set(self, bucket, key, value, why) : TASKER_REFUSED_CONFLICT;
}

static tasker_refusal kv_keys(void *self, const char *bucket, const char *prefix, uint32_t limit, tasker_json keys, const char **why) {
  (void)why;
  tasker_json entries = ((tasker_test *)self)->entries;
  const char *last = "", *start = tasker_format("%s/%s", bucket, prefix);
  /* The least that is greater than the last, until there is none. */
  while (tasker_json_count(keys) < limit) {
    const char *least = NULL;
    for (size_t at = 0; at < tasker_json_count(entries); at += 1) {
      const char *place = tasker_json_name_at(entries, at), *key = place + strlen(bucket) + 1;
      bool is_one = strncmp(place, start, strlen(start)) == 0 && entry(self, bucket, key, NULL) != NULL;
      if (is_one && strcmp(key, last) > 0 && (least == NULL || strcmp(key, least) < 0)) least = key;
    }
    if (least == NULL) break;
    tasker_json_push(keys, tasker_json_text(least));
    last = least;
  }
  return TASKER_ALLOWED;
}

static tasker_refusal send_event(void *self, const char *name, const char *payload, const char **why) {
  (void)why;
  tasker_json event = tasker_json_push(tasker_json_array(), tasker_json_text(name));
  tasker_json_push(event, tasker_json_read(payload, strlen(payload), NULL));
  tasker_json_push(((tasker_test *)self)->sent, event);
  return TASKER_ALLOWED;
}

static void log_line(void *self, tasker_level level, const char *message, const char *const *fields, size_t count) {
  static const char *const LEVELS[] = {"trace", "debug", "info", "warn", "error"};
  (void)self;
  fprintf(stderr, "%s %s", LEVELS[level], message);
  for (size_t at = 0; at < count; at += 1) fprintf(stderr, " %s=%s", fields[2 * at], fields[2 * at + 1]);
  fprintf(stderr, "\n");
}

void tasker_http_exchange(tasker_ctx *ctx, const tasker_http_request *request, tasker_http_response *response) {
  tasker_test *test = tasker_current_host()->self;
  if (test->answer == NULL) {
    const char *format = "no host to send %s %s here; a test says by `answer` what is answered";
    tasker_permanent(ctx, "http_failed", format, request->method, request->url);
    return;
  }
  *response = test->answer(request);
  response->url = request->url;
  if (response->body == NULL) response->body = "";
  if (response->body_length == 0) response->body_length = strlen(response->body);
  if (response->body_length > request->max_body_bytes) {
    tasker_permanent(ctx, "http_body_too_large", "the body of %s has more than %zu bytes", request->url, request->max_body_bytes);
  }
}

uint64_t tasker_now_ms(void) {
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

double tasker_random(void) { return (double)rand() / ((double)RAND_MAX + 1); }

static void begin(tasker_test *test) {
  static tasker_host made_up;
  made_up = (tasker_host){test, task_id, namespace_of, step_name, attempt, max_attempts, idempotency_key, correlation_id,
      traceparent, remaining_ms, task_input, dependency, config, last_checkpoint, heartbeat, secret, kv_get, kv_set,
      kv_compare_and_set, kv_keys, send_event, log_line};
  tasker_set_host(&made_up);
}

static void keep(tasker_test *test, tasker_ended ended) {
  static const char *const RETRIES[] = {"policy", "never", "after"};
  bool has_failed = ended.is == TASKER_ENDED_FAILED;
  test->result = ended.is == TASKER_ENDED_COMPLETE ? ended.text : NULL;
  test->checkpoint_left = ended.is == TASKER_ENDED_CHECKPOINT ? ended.text : NULL;
  test->code = ended.code;
  test->message = ended.message;
  test->details = ended.details;
  test->retry = has_failed ? RETRIES[ended.retry] : NULL;
  test->after_ms = ended.after_ms;
}

void tasker_test_run(tasker_test *test, const char *handler, const char *input) {
  begin(test);
  keep(test, tasker_execute(handler, input));
}

void tasker_test_handle(tasker_test *test, const char *subscriber, const char *type, const char *data) {
  tasker_event event = {
      .id = "1-0",
      .source = "/namespaces/test",
      .type = type,
      .subject = "task " TASK,
      .time = "2026-01-31T12:00:00Z",
      .sequence = "1",
      .correlation_id = "test",
      .attributes = tasker_json_object(),
      .data = tasker_json_read(data, strlen(data), NULL),
  };
  begin(test);
  keep(test, tasker_handle(subscriber, &event));
}

#endif
