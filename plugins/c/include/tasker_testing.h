/* Handlers are plain functions: tests call them natively, with an attempt made up here.
 *
 *     tasker_test *test = tasker_test_new();
 *     test->config = "{\"step\": 1}";
 *     tasker_test_entry(test, "counters", "total", "41");
 *     tasker_test_run(test, "count", "{}");
 *     assert(strcmp(test->result, "42") == 0);
 */
#ifndef TASKER_TESTING_H
#define TASKER_TESTING_H

#include "tasker.h"
#include "tasker_http.h"

/* An attempt made up for a test: by default the first of three, of the step `step`, 30 seconds before its deadline. Values are
 * JSON text. */
typedef struct {
  const char *step_name;
  uint32_t attempt;
  uint32_t max_attempts;
  uint64_t remaining_ms;
  const char *task_input;
  const char *config;
  /* NULL where there is none. */
  const char *checkpoint;
  /* The task was cancelled: the next heartbeat says so. */
  bool cancelled;
  /* What requests are answered with. */
  tasker_http_response (*answer)(const tasker_http_request *request);

  /* What came of it: one of result, checkpoint_left and code is there. */
  const char *result;
  const char *checkpoint_left;
  const char *code;
  const char *message;
  const char *details;
  /* `policy`, `never`, or `after` with the milliseconds. */
  const char *retry;
  uint64_t after_ms;
  /* The events that were sent, in order: arrays of name and payload. */
  tasker_json sent;
  /* What the test says about other steps, secrets and entries: see the functions below. */
  tasker_json dependencies;
  tasker_json secrets;
  tasker_json entries;
} tasker_test;

tasker_test *tasker_test_new(void);
/* The result of a step that this one depends on. */
void tasker_test_dependency(tasker_test *test, const char *step, const char *result);
/* A secret that the component was granted, also in clear. */
void tasker_test_secret(tasker_test *test, const char *name, const char *value);
/* What stands under a key of a bucket. */
void tasker_test_entry(tasker_test *test, const char *bucket, const char *key, const char *value);
/* The same, NULL where there is none. */
const char *tasker_test_entry_of(const tasker_test *test, const char *bucket, const char *key);

/* Runs a handler by its name as the host does, JSON included. */
void tasker_test_run(tasker_test *test, const char *handler, const char *input);
/* The same for a subscriber, with an event of this type and data. */
void tasker_test_handle(tasker_test *test, const char *subscriber, const char *type, const char *data);

#endif
