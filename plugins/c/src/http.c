/* Requests and responses, wherever they are sent. */
#include "http.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TIMEOUT_MS = 10000, DEFAULT_MAX_BODY_BYTES = 8 << 20 };

static bool is_same(const char *one, const char *other) {
  for (; *one != 0 && tolower((unsigned char)*one) == tolower((unsigned char)*other); one += 1, other += 1) continue;
  return *one == 0 && *other == 0;
}

static const char *header(const char *const *headers, const char *name) {
  for (; headers != NULL && *headers != NULL; headers += 2) {
    if (is_same(headers[0], name)) return headers[1];
  }
  return NULL;
}

static size_t count(const char *const *headers) {
  size_t all = 0;
  while (headers != NULL && headers[all] != NULL) all += 2;
  return all;
}

/* The request with what it leaves out, and the headers that a body needs. */
static tasker_http_request completed(tasker_ctx *ctx, tasker_http_request request) {
  size_t sent = count(request.headers);
  const char **headers = tasker_allocate((sent + 5) * sizeof *headers);
  if (sent > 0) memcpy(headers, request.headers, sent * sizeof *headers);
  if (request.json != NULL) {
    request.body = tasker_json_write(request.json);
    request.body_length = 0;
    if (request.body == NULL) tasker_permanent(ctx, "invalid_body", "the body cannot be written as JSON: a number is not finite");
    if (header(request.headers, "content-type") == NULL) headers[sent++] = "content-type", headers[sent++] = "application/json";
  }
  if (request.body != NULL && request.body_length == 0) request.body_length = strlen(request.body);
  if (request.body_length > 0 && header(request.headers, "content-length") == NULL) {
    headers[sent++] = "content-length";
    headers[sent++] = tasker_format("%zu", request.body_length);
  }
  request.headers = headers;
  if (request.method == NULL) request.method = "GET";
  if (request.url == NULL) request.url = "";
  if (request.timeout_ms == 0) request.timeout_ms = DEFAULT_TIMEOUT_MS;
  if (request.max_body_bytes == 0) request.max_body_bytes = DEFAULT_MAX_BODY_BYTES;
  return request;
}

static const char *const NONE[] = {NULL};

tasker_http_response tasker_http_send(tasker_ctx *ctx, tasker_http_request request) {
  tasker_http_response response = {.url = request.url, .headers = NONE, .body = ""};
  request = completed(ctx, request);
  if (!tasker_has_failed(ctx)) tasker_http_exchange(ctx, &request, &response);
  return response;
}

void tasker_http_success(tasker_ctx *ctx, const tasker_http_response *response) {
  int status = response->status;
  if (tasker_has_failed(ctx) || (status >= 200 && status < 300)) return;
  bool may_pass = status == 408 || status == 425 || status == 429 || (status >= 500 && status < 600);
  const char *after = tasker_http_header(response, "retry-after");
  bool is_seconds = after != NULL && *after != 0 && strspn(after, "0123456789") == strlen(after) && strlen(after) < 10;
  const char *format = "%s answered with status %d";
  if (!may_pass) {
    tasker_permanent(ctx, "http_status", format, response->url, status);
  } else if (is_seconds) {
    tasker_retry_after(ctx, strtoull(after, NULL, 10) * 1000, "http_status", format, response->url, status);
  } else {
    tasker_retryable(ctx, "http_status", format, response->url, status);
  }
  tasker_details(ctx, tasker_json_put(tasker_json_object(), "status", tasker_json_integer(status)));
}

const char *tasker_http_header(const tasker_http_response *response, const char *name) { return header(response->headers, name); }

tasker_json tasker_http_json(tasker_ctx *ctx, const tasker_http_response *response) {
  const char *why = NULL;
  if (tasker_has_failed(ctx)) return NULL;
  tasker_json value = tasker_json_read(response->body, response->body_length, &why);
  if (value == NULL) tasker_permanent(ctx, "http_invalid_body", "the body of %s is no JSON: %s", response->url, why);
  return value;
}
