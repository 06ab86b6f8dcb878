/* Handlers as a test calls them, and what a component says of itself. */
#include "check.h"
#include "host.h"
#include "tasker_testing.h"

static const char *const KINDS[] = {"card", "cash", NULL};

static tasker_outcome order(tasker_ctx *ctx, tasker_json input) {
  tasker_json lines = tasker_array(ctx, input, "lines");
  int64_t items = 0;
  for (size_t at = 0; at < tasker_json_count(lines); at += 1) items += tasker_integer(ctx, tasker_json_at(lines, at), "count");
  size_t kind = tasker_one_of(ctx, input, "kind", KINDS);
  tasker_send_event(ctx, "orders.placed", tasker_json_integer(items));
  if (items == 0) {
    tasker_permanent(ctx, "nothing_ordered", "the order of %s has no items", tasker_text_or(ctx, input, "who", "nobody"));
    return tasker_details(ctx, tasker_json_integer(0));
  }
  return tasker_complete(tasker_json_put(tasker_json_object(), KINDS[kind], tasker_json_integer(items)));
}

static tasker_outcome asks(tasker_ctx *ctx, tasker_json input) {
  (void)input;
  tasker_heartbeat(ctx, NULL);
  const char *key = tasker_secret_in_clear(ctx, "key");
  tasker_json price = tasker_dependency(ctx, "price");
  int64_t shipping = tasker_integer_or(ctx, tasker_config(ctx), "shipping", 5);
  return tasker_complete(tasker_json_text(tasker_format("%s %g", key, tasker_json_as_number(price, 0) + (double)shipping)));
}

static tasker_outcome portion(tasker_ctx *ctx, tasker_json input) {
  (void)input;
  return tasker_last_checkpoint(ctx) == NULL ? tasker_checkpoint(tasker_json_integer(1)) : tasker_complete(tasker_json_number(0.0 / 0.0));
}

static tasker_outcome keeps(tasker_ctx *ctx, tasker_json input) {
  (void)input;
  tasker_entry found = tasker_kv_get(ctx, "counters", "a");
  tasker_kv_replace(ctx, "counters", "a", found, tasker_json_integer(2));
  tasker_kv_set(ctx, "counters", "b", tasker_json_text("x"));
  tasker_kv_set(ctx, "counters", "c", NULL);
  tasker_kv_remove(ctx, "counters", "c");
  tasker_json keys = tasker_kv_keys(ctx, "counters", "", 10);
  tasker_kv_replace(ctx, "counters", "a", found, tasker_json_integer(3));
  tasker_kv_set(ctx, "counters", "after", NULL);
  return tasker_complete(keys);
}

static void counts(tasker_ctx *ctx, const tasker_event *event) {
  tasker_kv_set(ctx, "counters", event->type, event->data);
}

TASKER_HANDLERS(
    {.name = "order", .run = order, .description = "Places an order.", .errors = "nothing_ordered other", .input_schema = "{\"type\":\"object\"}"},
    {.name = "asks", .run = asks}, {.name = "portion", .run = portion}, {.name = "keeps", .run = keeps});
TASKER_SUBSCRIBERS({.name = "counts", .handle = counts, .description = "Counts."});
TASKER_CAPABILITIES("kv counters", "events orders");
TASKER_EVENTS({.name = "orders.placed", .description = "An order.", .schema = "{\"type\":\"integer\"}"});

static tasker_test *run(const char *handler, const char *input) {
  tasker_test *test = tasker_test_new();
  tasker_test_run(test, handler, input);
  return test;
}

static void inputs_are_checked(void) {
  tasker_test *test = run("order", "{\"lines\":[{\"count\":1},{\"count\":2}],\"kind\":\"cash\"}");
  CHECK_TEXT(test->result, "{\"cash\":3}");
  CHECK_TEXT(tasker_json_write(test->sent), "[[\"orders.placed\",3]]");
  test = run("order", "{\"lines\":[{\"count\":1},{\"count\":\"2\"}],\"kind\":\"cash\"}");
  CHECK_TEXT(test->code, "invalid_input");
  CHECK_TEXT(test->retry, "never");
  CHECK_TEXT(test->message, "the input is wrong at `lines[1].count`: expected an integer, found a string (\"2\")");
  CHECK(tasker_json_count(test->sent) == 0);
  CHECK_TEXT(run("order", "{\"lines\":[{}],\"kind\":\"cash\"}")->message, "the input is wrong at `lines[0]`: `count` is missing");
  CHECK_TEXT(run("order", "{\"lines\":[],\"kind\":\"gold\"}")->message, "the input is wrong at `kind`: expected \"card\" or \"cash\", found a string (\"gold\")");
  CHECK_TEXT(run("order", "[]")->message, "the input is wrong: expected an object, found an array");
  CHECK_TEXT(run("order", "{")->message, "the input is no JSON: the name of a member was expected at byte 1");
  test = run("order", "{\"lines\":[],\"kind\":\"cash\",\"who\":\"Ada\"}");
  CHECK_TEXT(test->message, "the order of Ada has no items");
  CHECK_TEXT(test->details, "0");
}

static void the_context_answers(void) {
  tasker_test *test = tasker_test_new();
  tasker_test_secret(test, "key", "sk");
  tasker_test_dependency(test, "price", "100");
  tasker_test_run(test, "asks", "{}");
  CHECK_TEXT(test->result, "\"sk 105\"");
  test->config = "{\"shipping\":7}";
  tasker_test_run(test, "asks", "{}");
  CHECK_TEXT(test->result, "\"sk 107\"");
  test->cancelled = true;
  tasker_test_run(test, "asks", "{}");
  CHECK_TEXT(test->code, "cancelled");
  test = tasker_test_new();
  tasker_test_secret(test, "key", "sk");
  tasker_test_run(test, "asks", "{}");
  CHECK_TEXT(test->code, "missing_dependency");
  CHECK(strstr(test->message, "depends_on") != NULL);
  CHECK_TEXT(run("asks", "{}")->code, "secret_unknown");
}

static void work_is_done_in_portions(void) {
  tasker_test *test = run("portion", "{}");
  CHECK_TEXT(test->checkpoint_left, "1");
  test->checkpoint = "1";
  tasker_test_run(test, "portion", "{}");
  CHECK_TEXT(test->code, "invalid_result");
}

static void entries_are_kept(void) {
  tasker_test *test = tasker_test_new();
  tasker_test_entry(test, "counters", "a", "1");
  tasker_test_run(test, "keeps", "{}");
  CHECK_TEXT(test->code, "kv_conflict");
  CHECK_TEXT(test->retry, "policy");
  CHECK_TEXT(tasker_test_entry_of(test, "counters", "a"), "2");
  CHECK_TEXT(tasker_test_entry_of(test, "counters", "b"), "\"x\"");
  CHECK(tasker_test_entry_of(test, "counters", "c") == NULL && tasker_test_entry_of(test, "counters", "after") == NULL);
  tasker_test_handle(test, "counts", "tasker.task.completed", "{\"n\":1}");
  CHECK_TEXT(test->result, "null");
  CHECK_TEXT(tasker_test_entry_of(test, "counters", "tasker.task.completed"), "{\"n\":1}");
}

static void what_is_not_there_is_reported(void) {
  tasker_test *test = run("nosuch", "{}");
  CHECK_TEXT(test->code, "unknown_handler");
  CHECK_TEXT(test->message, "this component has no handler `nosuch`; it has order, asks, portion, keeps");
  tasker_test_handle(test, "nosuch", "a", "{}");
  CHECK_TEXT(test->code, "unknown_subscriber");
}

static void a_component_describes_itself(void) {
  const char *described = tasker_describe();
  tasker_json all = tasker_json_read(described, strlen(described), NULL);
  CHECK_TEXT(tasker_json_write(tasker_json_at(tasker_json_get(all, "handlers"), 0)),
      "{\"name\":\"order\",\"description\":\"Places an order.\",\"input_schema\":{\"type\":\"object\"},\"result_schema\":true,"
      "\"error_codes\":[\"nothing_ordered\",\"other\"]}");
  CHECK_TEXT(tasker_json_write(tasker_json_get(all, "capabilities")), "[\"kv counters\",\"events orders\"]");
  CHECK_TEXT(tasker_json_write(tasker_json_get(all, "subscribers")), "[{\"name\":\"counts\",\"description\":\"Counts.\"}]");
  CHECK_TEXT(tasker_json_write(tasker_json_get(all, "events")), "{\"orders.placed\":{\"schema\":{\"type\":\"integer\"},\"description\":\"An order.\"}}");
}

int main(void) {
  inputs_are_checked();
  the_context_answers();
  work_is_done_in_portions();
  entries_are_kept();
  what_is_not_there_is_reported();
  a_component_describes_itself();
  return 0;
}
