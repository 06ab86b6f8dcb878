/* Write Tasker step handlers, and subscribers to events, as plain functions.
 *
 *     #include <tasker.h>
 *
 *     static tasker_outcome greet(tasker_ctx *ctx, tasker_json input) {
 *       const char *name = tasker_text(ctx, input, "name");
 *       if (*name == 0) return tasker_permanent(ctx, "nobody", "there is no one to greet");
 *       return tasker_complete(tasker_json_text(tasker_format("Hello, %s!", name)));
 *     }
 *
 *     TASKER_HANDLERS({.name = "greet", .run = greet, .errors = "nobody"});
 *
 * Where a call fails (an input that does not fit, a refused secret), it returns something harmless, the calls after it do
 * nothing, and the attempt ends with the failure of the first. So only those have to ask `tasker_has_failed` who do
 * something that is not a call.
 *
 * A fresh instance runs every attempt, so nothing is kept between two. */
#ifndef TASKER_H
#define TASKER_H

#include "tasker_json.h"

/* The version of the SDK. */
#define TASKER_VERSION "0.1.0"

/* The attempt that a handler runs in. */
typedef struct tasker_ctx tasker_ctx;

/* How an attempt ended; made by the functions below. */
typedef struct {
  int is;
  tasker_json value;
} tasker_outcome;

/* Done, with this result. */
tasker_outcome tasker_complete(tasker_json result);
/* Not done: the host keeps this and calls again; it survives crashes and retries. */
tasker_outcome tasker_checkpoint(tasker_json kept);

/* Failures: a code of lower case with underscores or dots, and a message as printf makes it. */
/* Another attempt would only repeat it: the step ends here. */
tasker_outcome tasker_permanent(tasker_ctx *ctx, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* It may pass: tried again as the step's retry policy says. */
tasker_outcome tasker_retryable(tasker_ctx *ctx, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* It may pass, but not within this many milliseconds. */
tasker_outcome tasker_retry_after(tasker_ctx *ctx, uint64_t ms, const char *code, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds something for machines to the failure of the attempt: `return tasker_details(ctx, details);`. */
tasker_outcome tasker_details(tasker_ctx *ctx, tasker_json details);
/* Whether a call failed. */
bool tasker_has_failed(const tasker_ctx *ctx);

/* Ends the attempt as a mistake of the code, with a message and its place: retryable, with the code `trapped`. */
#define TASKER_CHECK(is_so, message) ((is_so) ? (void)0 : tasker_crash(__FILE__, __LINE__, (message)))
_Noreturn void tasker_crash(const char *file, int line, const char *message);

/* Members of an object: what is missing or has another type is a permanent failure `invalid_input` with its path. */
const char *tasker_text(tasker_ctx *ctx, tasker_json object, const char *name);
int64_t tasker_integer(tasker_ctx *ctx, tasker_json object, const char *name);
double tasker_number(tasker_ctx *ctx, tasker_json object, const char *name);
bool tasker_boolean(tasker_ctx *ctx, tasker_json object, const char *name);
tasker_json tasker_array(tasker_ctx *ctx, tasker_json object, const char *name);
tasker_json tasker_object(tasker_ctx *ctx, tasker_json object, const char *name);
/* The same where the member may be absent or null. */
const char *tasker_text_or(tasker_ctx *ctx, tasker_json object, const char *name, const char *fallback);
int64_t tasker_integer_or(tasker_ctx *ctx, tasker_json object, const char *name, int64_t fallback);
bool tasker_boolean_or(tasker_ctx *ctx, tasker_json object, const char *name, bool fallback);
/* A text that is one of several, which end with a NULL: its position. */
size_t tasker_one_of(tasker_ctx *ctx, tasker_json object, const char *name, const char *const *allowed);
/* The whole input, which is to be of this type. */
tasker_json tasker_expect(tasker_ctx *ctx, tasker_json value, tasker_type type);

/* What a handler may ask about its attempt. */
const char *tasker_task_id(tasker_ctx *ctx);
const char *tasker_namespace(tasker_ctx *ctx);
const char *tasker_step_name(tasker_ctx *ctx);
uint32_t tasker_attempt(tasker_ctx *ctx);
uint32_t tasker_max_attempts(tasker_ctx *ctx);
/* The same for every attempt of this step, different for every other step: pass it to downstream services. */
const char *tasker_idempotency_key(tasker_ctx *ctx);
const char *tasker_correlation_id(tasker_ctx *ctx);
/* The W3C trace context to pass on; NULL unless the host traces. */
const char *tasker_traceparent(tasker_ctx *ctx);
/* Milliseconds until the host ends this attempt. */
uint64_t tasker_remaining_ms(tasker_ctx *ctx);
tasker_json tasker_task_input(tasker_ctx *ctx);
/* The result of a step that this one depends on; a permanent failure `missing_dependency` where it has none. */
tasker_json tasker_dependency(tasker_ctx *ctx, const char *step);
/* The step's `config` in the template; an empty object where it has none. */
tasker_json tasker_config(tasker_ctx *ctx);
/* What the last attempt left by `tasker_checkpoint`; NULL if it did not. */
tasker_json tasker_last_checkpoint(tasker_ctx *ctx);
/* Reports how far the handler is; NULL is no more than that it is alive. Fails with `cancelled` if the task was cancelled. */
void tasker_heartbeat(tasker_ctx *ctx, tasker_json progress);

/* A placeholder for a secret, which the host replaces in requests; a secret in clear, which is a grant of its own. They fail
 * for good with `secret_unknown` or `secret_not_granted`. */
const char *tasker_secret(tasker_ctx *ctx, const char *name);
const char *tasker_secret_in_clear(tasker_ctx *ctx, const char *name);

/* An entry of a bucket: `value` is NULL where there is none. */
typedef struct {
  tasker_json value;
  uint64_t version;
} tasker_entry;

/* Small values that outlive tasks. Writes take effect together with the attempt's result or checkpoint, once. They fail for
 * good with `kv_not_granted` or `kv_invalid`. */
tasker_entry tasker_kv_get(tasker_ctx *ctx, const char *bucket, const char *key);
void tasker_kv_set(tasker_ctx *ctx, const char *bucket, const char *key, tasker_json value);
/* Sets a value in the place of what was found, as long as that stands there; fails with the retryable `kv_conflict`. */
void tasker_kv_replace(tasker_ctx *ctx, const char *bucket, const char *key, tasker_entry found, tasker_json value);
void tasker_kv_remove(tasker_ctx *ctx, const char *bucket, const char *key);
/* The first keys that begin with this, as an array of texts. */
tasker_json tasker_kv_keys(tasker_ctx *ctx, const char *bucket, const char *prefix, uint32_t limit);

/* Sends an event under a dotted name, recorded together with the result or checkpoint, once. Fails for good with
 * `event_not_granted` or `event_invalid`. */
void tasker_send_event(tasker_ctx *ctx, const char *name, tasker_json payload);

typedef enum { TASKER_TRACE, TASKER_DEBUG, TASKER_INFO, TASKER_WARN, TASKER_ERROR } tasker_level;

/* Adds a line to the attempt's log; names and values of fields follow the message, and a NULL ends them. */
void tasker_log(tasker_level level, const char *message, ...) __attribute__((sentinel));

/* Milliseconds since 1970, by the clock of the host. */
uint64_t tasker_now_ms(void);
/* A random number below 1, seeded anew for each attempt; not for secrets. */
double tasker_random(void);

/* An event of the feed, with the attributes of CloudEvents 1.0; what may be absent is NULL. The other attributes are an
 * object of texts. */
typedef struct {
  const char *id;
  const char *source;
  const char *type;
  const char *subject;
  const char *time;
  const char *sequence;
  const char *correlation_id;
  tasker_json attributes;
  tasker_json data;
} tasker_event;

/* What a component has. Schemas are JSON text; what is NULL is left out. */
typedef struct {
  const char *name;
  tasker_outcome (*run)(tasker_ctx *ctx, tasker_json input);
  const char *description;
  const char *input_schema;
  const char *result_schema;
  /* Codes of failures that callers may tell apart, with spaces between. */
  const char *errors;
} tasker_handler;

typedef struct {
  const char *name;
  void (*handle)(tasker_ctx *ctx, const tasker_event *event);
  const char *description;
} tasker_subscriber;

typedef struct {
  const char *name;
  const char *description;
  const char *schema;
} tasker_declared_event;

/* A JSON Schema as it is written: TASKER_SCHEMA({"type": "object"}). A component with one that is no JSON is refused. */
#define TASKER_SCHEMA(...) #__VA_ARGS__

/* The lists of a component, each at most once, in one source file. A component exports what it has a list of.
 *
 *     TASKER_HANDLERS({.name = "charge", .run = charge}, {.name = "refund", .run = refund});
 *     TASKER_SUBSCRIBERS({.name = "totals", .handle = totals});
 *     TASKER_CAPABILITIES("kv counters", "events orders");
 *     TASKER_EVENTS({.name = "orders.charged", .schema = "{\"type\":\"object\"}"});
 */
#define TASKER_HANDLERS(...) TASKER_EXPORTS(handlers) const tasker_handler tasker_handlers[] = {__VA_ARGS__, {0}}
#define TASKER_SUBSCRIBERS(...) TASKER_EXPORTS(subscribers) const tasker_subscriber tasker_subscribers[] = {__VA_ARGS__, {0}}
#define TASKER_CAPABILITIES(...) const char *const tasker_capabilities[] = {__VA_ARGS__, NULL}
#define TASKER_EVENTS(...) const tasker_declared_event tasker_declared_events[] = {__VA_ARGS__, {0}}

extern const tasker_handler tasker_handlers[];
extern const tasker_subscriber tasker_subscribers[];
extern const char *const tasker_capabilities[];
extern const tasker_declared_event tasker_declared_events[];

/* In a component, has the linker take what exports these from the SDK. */
#ifdef __wasm__
#define TASKER_EXPORTS(what)               \
  extern const char tasker_export_##what; \
  const char *const tasker_exported_##what = &tasker_export_##what;
#else
#define TASKER_EXPORTS(what)
#endif

#endif
