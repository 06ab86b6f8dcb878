/* Requests as a test answers them. */
#include "check.h"
#include "tasker_testing.h"

static const char *asked;

static tasker_http_response busy(const tasker_http_request *request) {
  static const char *const HEADERS[] = {"Retry-After", "7", NULL};
  asked = request->body;
  return (tasker_http_response){.status = 503, .headers = HEADERS};
}

static tasker_http_response missing(const tasker_http_request *request) {
  (void)request;
  return (tasker_http_response){.status = 404};
}

static tasker_http_response told(const tasker_http_request *request) {
  CHECK_TEXT(request->method, "GET");
  CHECK(request->timeout_ms == 10000);
  return (tasker_http_response){.status = 200, .body = "{\"n\":[1]}"};
}

static tasker_outcome posts(tasker_ctx *ctx, tasker_json input) {
  tasker_http_response response = tasker_http_send(ctx, (tasker_http_request){
      .method = "POST", .url = "https://a.example/b", .headers = (const char *const[]){"x-order", "7", NULL}, .json = input});
  tasker_http_success(ctx, &response);
  return tasker_complete(NULL);
}

static tasker_outcome reads(tasker_ctx *ctx, tasker_json input) {
  (void)input;
  tasker_http_response response = tasker_http_send(ctx, (tasker_http_request){.url = "https://a.example/b", .max_body_bytes = 9});
  return tasker_complete(tasker_json_get(tasker_http_json(ctx, &response), "n"));
}

TASKER_HANDLERS({.name = "posts", .run = posts}, {.name = "reads", .run = reads});

static tasker_test *run(const char *handler, tasker_http_response (*answer)(const tasker_http_request *)) {
  tasker_test *test = tasker_test_new();
  test->answer = answer;
  tasker_test_run(test, handler, "{\"a\":1}");
  return test;
}

int main(void) {
  tasker_test *test = run("posts", busy);
  CHECK_TEXT(asked, "{\"a\":1}");
  CHECK_TEXT(test->code, "http_status");
  CHECK_TEXT(test->retry, "after");
  CHECK(test->after_ms == 7000);
  CHECK_TEXT(test->details, "{\"status\":503}");
  CHECK_TEXT(run("posts", missing)->retry, "never");
  CHECK_TEXT(run("posts", NULL)->code, "http_failed");
  CHECK_TEXT(run("reads", told)->result, "[1]");
  CHECK_TEXT(run("reads", missing)->code, "http_invalid_body");
  return 0;
}
