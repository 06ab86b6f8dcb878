/* The handlers of the conformance suite in C: tests/languages/cases.json says what each does. */
#include <tasker.h>
#include <tasker_http.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const KINDS[] = {"card", "cash", NULL};

static const char ORDER[] = TASKER_SCHEMA({
  "type": "object",
  "required": ["id", "kind", "price", "lines"],
  "properties": {
    "id": {"type": "string", "description": "What the order is called."},
    "kind": {"enum": ["card", "cash"]},
    "price": {"type": "number"},
    "lines": {"type": "array", "items": {
      "type": "object",
      "required": ["sku", "count"],
      "properties": {"sku": {"type": "string"}, "count": {"type": "integer"}}
    }},
    "note": {"type": ["string", "null"]}
  }
});

static const char RECEIPT[] = TASKER_SCHEMA({
  "type": "object",
  "required": ["id", "items", "total", "kind", "note"],
  "properties": {
    "id": {"type": "string"},
    "items": {"type": "integer"},
    "total": {"type": "number"},
    "kind": {"enum": ["card", "cash"]},
    "note": {"type": ["string", "null"]}
  }
});

static tasker_outcome place_order(tasker_ctx *ctx, tasker_json order) {
  const char *kind = KINDS[tasker_one_of(ctx, order, "kind", KINDS)];
  double price = tasker_number(ctx, order, "price");
  tasker_json lines = tasker_array(ctx, order, "lines");
  int64_t items = 0;
  for (size_t at = 0; at < tasker_json_count(lines); at += 1) {
    tasker_json line = tasker_json_at(lines, at);
    tasker_text(ctx, line, "sku");
    items += tasker_integer(ctx, line, "count");
  }
  if (items == 0) return tasker_permanent(ctx, "nothing_ordered", "the order has no items");
  tasker_json receipt = tasker_json_object();
  tasker_json_put(receipt, "id", tasker_json_text(tasker_text(ctx, order, "id")));
  tasker_json_put(receipt, "items", tasker_json_integer(items));
  tasker_json_put(receipt, "total", tasker_json_number((double)items * price));
  tasker_json_put(receipt, "kind", tasker_json_text(kind));
  tasker_json_put(receipt, "note", tasker_json_text(tasker_text_or(ctx, order, "note", NULL)));
  return tasker_complete(receipt);
}

static tasker_outcome echo(tasker_ctx *ctx, tasker_json input) {
  (void)ctx;
  return tasker_complete(input);
}

static tasker_outcome about(tasker_ctx *ctx, tasker_json input) {
  tasker_json all = tasker_json_object();
  (void)input;
  tasker_json_put(all, "task_id", tasker_json_text(tasker_task_id(ctx)));
  tasker_json_put(all, "namespace", tasker_json_text(tasker_namespace(ctx)));
  tasker_json_put(all, "step", tasker_json_text(tasker_step_name(ctx)));
  tasker_json_put(all, "attempt", tasker_json_integer(tasker_attempt(ctx)));
  tasker_json_put(all, "max_attempts", tasker_json_integer(tasker_max_attempts(ctx)));
  tasker_json_put(all, "key", tasker_json_text(tasker_idempotency_key(ctx)));
  tasker_json_put(all, "correlation_id", tasker_json_text(tasker_correlation_id(ctx)));
  tasker_json_put(all, "traceparent", tasker_json_text(tasker_traceparent(ctx)));
  tasker_json_put(all, "has_time", tasker_json_boolean(tasker_remaining_ms(ctx) > 0));
  tasker_json_put(all, "input", tasker_task_input(ctx));
  tasker_json_put(all, "config", tasker_config(ctx));
  tasker_json_put(all, "checkpoint", tasker_last_checkpoint(ctx));
  return tasker_complete(all);
}

static tasker_outcome depends(tasker_ctx *ctx, tasker_json input) {
  return tasker_complete(tasker_dependency(ctx, tasker_text(ctx, input, "step")));
}

static tasker_outcome portions(tasker_ctx *ctx, tasker_json input) {
  double done = tasker_json_as_number(tasker_last_checkpoint(ctx), 0) + 1;
  tasker_json portion = tasker_json_number(done);
  (void)input;
  return done < 3 ? tasker_checkpoint(portion) : tasker_complete(portion);
}

static tasker_outcome fails(tasker_ctx *ctx, tasker_json input) {
  static const char *const HOW[] = {"permanent", "retryable", "after", "unicode", "details", NULL};
  switch (tasker_one_of(ctx, input, "how", HOW)) {
    case 0: return tasker_permanent(ctx, "card_declined", "the bank said no");
    case 1: return tasker_retryable(ctx, "upstream_down", "the upstream said %d", 503);
    case 2: return tasker_retry_after(ctx, 1500, "rate_limited", "not so fast");
    case 3: return tasker_permanent(ctx, "wrong_name", "ünïcödé 😀");
    default:
      tasker_permanent(ctx, "card_declined", "the bank said no");
      return tasker_details(ctx, tasker_json_put(tasker_json_object(), "balance", tasker_json_integer(3)));
  }
}

static tasker_outcome throws(tasker_ctx *ctx, tasker_json input) {
  (void)input;
  return tasker_retryable(ctx, "internal", "the till is empty: nobody filled it");
}

static tasker_outcome crashes(tasker_ctx *ctx, tasker_json input) {
  tasker_json coins = tasker_json_get(input, "coins");
  (void)ctx;
  TASKER_CHECK(coins != NULL, "there are no coins");
  return tasker_complete(coins);
}

static tasker_outcome prints(tasker_ctx *ctx, tasker_json input) {
  (void)ctx, (void)input;
  printf("printed %d\n", 1);
  fprintf(stderr, "complained\n");
  return tasker_complete(NULL);
}

static tasker_outcome logs(tasker_ctx *ctx, tasker_json input) {
  (void)ctx, (void)input;
  tasker_log(TASKER_TRACE, "traced", NULL);
  tasker_log(TASKER_DEBUG, "debugged", NULL);
  tasker_log(TASKER_INFO, "informed", "order_id", "7", "name", "ünïcödé", NULL);
  tasker_log(TASKER_WARN, "warned", NULL);
  tasker_log(TASKER_ERROR, "erred", NULL);
  return tasker_complete(NULL);
}

static tasker_outcome secret(tasker_ctx *ctx, tasker_json input) {
  const char *name = tasker_text(ctx, input, "name");
  bool is_clear = tasker_boolean(ctx, input, "clear");
  return tasker_complete(tasker_json_text(is_clear ? tasker_secret_in_clear(ctx, name) : tasker_secret(ctx, name)));
}

static tasker_json operate(tasker_ctx *ctx, tasker_json operation) {
  static const char *const OPERATIONS[] = {"get", "set", "replace", "stale", "remove", "keys", NULL};
  static const char *const COUNTERS = "counters";
  const char *key = tasker_text(ctx, operation, "key");
  tasker_json value = tasker_json_get(operation, "value");
  switch (tasker_one_of(ctx, operation, "op", OPERATIONS)) {
    case 0: return tasker_kv_get(ctx, COUNTERS, key).value;
    case 1: tasker_kv_set(ctx, COUNTERS, key, value); return NULL;
    case 2: tasker_kv_replace(ctx, COUNTERS, key, tasker_kv_get(ctx, COUNTERS, key), value); return NULL;
    case 3: tasker_kv_replace(ctx, COUNTERS, key, (tasker_entry){0}, value); return NULL;
    case 4: tasker_kv_remove(ctx, COUNTERS, key); return NULL;
    default: return tasker_kv_keys(ctx, COUNTERS, key, 10);
  }
}

static tasker_outcome keeps(tasker_ctx *ctx, tasker_json operations) {
  tasker_json results = tasker_json_array();
  tasker_expect(ctx, operations, TASKER_ARRAY);
  for (size_t at = 0; at < tasker_json_count(operations); at += 1) {
    tasker_json_push(results, operate(ctx, tasker_json_at(operations, at)));
  }
  return tasker_complete(results);
}

static const char CHARGED[] = "orders.charged";

static tasker_outcome sends(tasker_ctx *ctx, tasker_json input) {
  const char *name = tasker_text(ctx, input, "name");
  bool is_declared = strcmp(name, CHARGED) == 0;
  tasker_json amount = tasker_json_put(tasker_json_object(), "amount", tasker_json_integer(3));
  tasker_send_event(ctx, name, is_declared ? amount : tasker_json_get(input, "payload"));
  return tasker_complete(NULL);
}

static tasker_outcome beats(tasker_ctx *ctx, tasker_json input) {
  (void)input;
  tasker_heartbeat(ctx, tasker_json_put(tasker_json_object(), "done", tasker_json_number(0.5)));
  return tasker_complete(NULL);
}

static tasker_outcome fetches(tasker_ctx *ctx, tasker_json input) {
  tasker_json given = tasker_json_get(input, "headers");
  const char **headers = tasker_allocate((2 * tasker_json_count(given) + 1) * sizeof *headers);
  for (size_t at = 0; at < tasker_json_count(given); at += 1) {
    headers[2 * at] = tasker_json_name_at(given, at);
    headers[2 * at + 1] = tasker_json_as_text(tasker_json_at(given, at), "");
  }
  tasker_http_response response = tasker_http_send(ctx, (tasker_http_request){
      .method = tasker_text(ctx, input, "method"),
      .url = tasker_text(ctx, input, "url"),
      .headers = headers,
      .body = tasker_text_or(ctx, input, "body", ""),
      .max_body_bytes = (size_t)tasker_integer_or(ctx, input, "max", 1 << 20),
  });
  if (tasker_boolean_or(ctx, input, "success", false)) tasker_http_success(ctx, &response);
  tasker_json told = tasker_json_put(tasker_json_object(), "status", tasker_json_integer(response.status));
  tasker_json_put(told, "type", tasker_json_text(tasker_http_header(&response, "Content-Type")));
  return tasker_complete(tasker_json_put(told, "body", tasker_json_text(response.body)));
}

static tasker_outcome big(tasker_ctx *ctx, tasker_json input) {
  size_t bytes = (size_t)tasker_integer(ctx, input, "bytes");
  char *text = tasker_allocate(bytes + 1);
  return tasker_complete(tasker_json_text(memset(text, 'x', bytes)));
}

static tasker_outcome random_numbers(tasker_ctx *ctx, tasker_json input) {
  tasker_json two = tasker_json_array();
  (void)ctx, (void)input;
  tasker_json_push(two, tasker_json_number(tasker_random()));
  return tasker_complete(tasker_json_push(two, tasker_json_number(tasker_random())));
}

/* The clock of the C library, which is that of the host. */
static tasker_outcome milliseconds(tasker_ctx *ctx, tasker_json input) {
  struct timespec now;
  (void)ctx, (void)input;
  timespec_get(&now, TIME_UTC);
  return tasker_complete(tasker_json_integer((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000));
}

static void counts(tasker_ctx *ctx, const tasker_event *event) {
  if (tasker_boolean_or(ctx, event->data, "fail", false)) {
    tasker_permanent(ctx, "refused", "not this one");
    return;
  }
  tasker_entry found = tasker_kv_get(ctx, "counters", event->type);
  double count = tasker_json_as_number(found.value, 0) + 1;
  tasker_kv_replace(ctx, "counters", event->type, found, tasker_json_number(count));
  tasker_json seen = tasker_json_put(tasker_json_object(), "id", tasker_json_text(event->id));
  tasker_json_put(seen, "subject", tasker_json_text(event->subject));
  tasker_json_put(seen, "time", tasker_json_text(event->time));
  tasker_json_put(seen, "attributes", event->attributes);
  tasker_kv_set(ctx, "counters", "seen", tasker_json_put(seen, "data", event->data));
}

TASKER_HANDLERS(
    {.name = "place_order", .run = place_order, .description = "Counts the items of an order.",
     .input_schema = ORDER, .result_schema = RECEIPT, .errors = "nothing_ordered"},
    {.name = "echo", .run = echo}, {.name = "about", .run = about}, {.name = "depends", .run = depends},
    {.name = "portions", .run = portions}, {.name = "fails", .run = fails}, {.name = "throws", .run = throws},
    {.name = "crashes", .run = crashes}, {.name = "prints", .run = prints}, {.name = "logs", .run = logs},
    {.name = "secret", .run = secret}, {.name = "keeps", .run = keeps}, {.name = "sends", .run = sends},
    {.name = "beats", .run = beats}, {.name = "fetches", .run = fetches}, {.name = "big", .run = big},
    {.name = "random", .run = random_numbers}, {.name = "clock", .run = milliseconds});

TASKER_SUBSCRIBERS({.name = "counts", .handle = counts, .description = "Counts events by their type."});
TASKER_CAPABILITIES("kv counters", "events orders");
TASKER_EVENTS({.name = CHARGED, .description = "An order was charged.",
               .schema = TASKER_SCHEMA({"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}})});
