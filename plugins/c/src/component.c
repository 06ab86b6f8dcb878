/* Runs handlers for the host, or for a test, and says what a component has. */
#include "host.h"

#include <string.h>

/* What a component has no list of. */
__attribute__((weak)) const tasker_handler tasker_handlers[] = {{0}};
__attribute__((weak)) const tasker_subscriber tasker_subscribers[] = {{0}};
__attribute__((weak)) const char *const tasker_capabilities[] = {NULL};
__attribute__((weak)) const tasker_declared_event tasker_declared_events[] = {{0}};

static tasker_ended unknown(const char *what, const char *name, const char *known) {
  const char *message = tasker_format("this component has no %s `%s`; it has %s", what, name, known);
  return (tasker_ended){
      .is = TASKER_ENDED_FAILED, .code = tasker_format("unknown_%s", what), .message = message, .retry = TASKER_RETRY_NEVER};
}

tasker_ended tasker_ended_as(tasker_ctx *ctx, tasker_outcome outcome) {
  bool is_complete = outcome.is == tasker_complete(NULL).is;
  const char *text = tasker_has_failed(ctx) ? NULL : tasker_json_write(outcome.value);
  if (text == NULL) {
    const char *what = is_complete ? "result" : "checkpoint";
    const char *message = tasker_format("the %s cannot be written as JSON: a number is not finite", what);
    /* Where a call failed before, that failure stays. */
    tasker_fail(ctx, TASKER_RETRY_NEVER, 0, tasker_format("invalid_%s", what), message);
    return tasker_failure_of(ctx);
  }
  return (tasker_ended){.is = is_complete ? TASKER_ENDED_COMPLETE : TASKER_ENDED_CHECKPOINT, .text = text};
}

tasker_ended tasker_execute(const char *name, const char *input) {
  tasker_ctx *ctx = tasker_new_ctx();
  const char *known = "", *why = NULL;
  for (const tasker_handler *one = tasker_handlers; one->name != NULL; one += 1) {
    if (strcmp(one->name, name) != 0) {
      known = tasker_format("%s%s%s", known, *known == 0 ? "" : ", ", one->name);
      continue;
    }
    tasker_json value = tasker_json_read(input, strlen(input), &why);
    if (value == NULL) {
      tasker_permanent(ctx, "invalid_input", "the input is no JSON: %s", why);
      return tasker_failure_of(ctx);
    }
    return tasker_ended_as(ctx, one->run(ctx, value));
  }
  return unknown("handler", name, known);
}

tasker_ended tasker_handle(const char *name, const tasker_event *event) {
  tasker_ctx *ctx = tasker_new_ctx();
  const char *known = "";
  for (const tasker_subscriber *one = tasker_subscribers; one->name != NULL; one += 1) {
    if (strcmp(one->name, name) != 0) {
      known = tasker_format("%s%s%s", known, *known == 0 ? "" : ", ", one->name);
      continue;
    }
    one->handle(ctx, event);
    return tasker_ended_as(ctx, tasker_complete(NULL));
  }
  return unknown("subscriber", name, known);
}

/* A schema as JSON; one that is left out takes everything. One that is no JSON is a mistake of the code, which the host reports
 * when the component is published. */
static tasker_json schema(const char *what, const char *name, const char *text) {
  const char *why = NULL;
  if (text == NULL) return tasker_json_boolean(true);
  tasker_json read = tasker_json_read(text, strlen(text), &why);
  if (read == NULL) tasker_crash(__FILE__, __LINE__, tasker_format("the schema of the %s `%s` is no JSON: %s: %s", what, name, why, text));
  return read;
}

static tasker_json words(const char *text) {
  tasker_json all = tasker_json_array();
  while (text != NULL && *text != 0) {
    size_t length = strcspn(text, " ");
    if (length > 0) tasker_json_push(all, tasker_json_text(tasker_format("%.*s", (int)length, text)));
    text += length + strspn(text + length, " ");
  }
  return all;
}

static void describe(tasker_json of, const char *description) {
  if (description != NULL) tasker_json_put(of, "description", tasker_json_text(description));
}

const char *tasker_describe(void) {
  tasker_json all = tasker_json_object();
  tasker_json handlers = tasker_json_array(), subscribers = tasker_json_array(), capabilities = tasker_json_array();
  for (const tasker_handler *one = tasker_handlers; one->name != NULL; one += 1) {
    tasker_json told = tasker_json_put(tasker_json_object(), "name", tasker_json_text(one->name));
    describe(told, one->description);
    tasker_json_put(told, "input_schema", schema("input of", one->name, one->input_schema));
    tasker_json_put(told, "result_schema", schema("result of", one->name, one->result_schema));
    tasker_json_push(handlers, tasker_json_put(told, "error_codes", words(one->errors)));
  }
  for (const tasker_subscriber *one = tasker_subscribers; one->name != NULL; one += 1) {
    tasker_json told = tasker_json_put(tasker_json_object(), "name", tasker_json_text(one->name));
    describe(told, one->description);
    tasker_json_push(subscribers, told);
  }
  for (const char *const *one = tasker_capabilities; *one != NULL; one += 1) {
    tasker_json_push(capabilities, tasker_json_text(*one));
  }
  tasker_json_put(tasker_json_put(all, "handlers", handlers), "capabilities", capabilities);
  if (tasker_json_count(subscribers) > 0) tasker_json_put(all, "subscribers", subscribers);
  tasker_json events = tasker_json_object();
  for (const tasker_declared_event *one = tasker_declared_events; one->name != NULL; one += 1) {
    tasker_json told = tasker_json_put(tasker_json_object(), "schema", schema("event", one->name, one->schema));
    describe(told, one->description);
    tasker_json_put(events, one->name, told);
  }
  if (tasker_json_count(events) > 0) tasker_json_put(all, "events", events);
  return tasker_json_write(all);
}
