/* Outgoing HTTP, to the destinations that the component was granted.
 *
 *     tasker_http_response response = tasker_http_send(ctx, (tasker_http_request){
 *         .method = "POST",
 *         .url = "https://api.example.com/v1/refunds",
 *         .headers = (const char *const[]){"idempotency-key", tasker_idempotency_key(ctx), NULL},
 *         .json = refund,
 *     });
 *     tasker_http_success(ctx, &response);
 *
 * A component that calls nothing of this does not import `wasi:http`. */
#ifndef TASKER_HTTP_H
#define TASKER_HTTP_H

#include "tasker.h"

/* A request. What is NULL or 0 is left out, or as said. */
typedef struct {
  const char *method;
  const char *url;
  /* Names and values in turn; a NULL ends them. */
  const char *const *headers;
  /* The body: bytes with their length, or a text without; or a value of JSON, with its content type. */
  const char *body;
  size_t body_length;
  tasker_json json;
  /* For a connection, for the first byte, and between two pieces of the body; 10 seconds unless it is given. */
  uint64_t timeout_ms;
  /* How long the body of the response may be; 8 MiB unless it is given. */
  size_t max_body_bytes;
} tasker_http_request;

/* A response, read to its end. */
typedef struct {
  const char *url;
  uint16_t status;
  /* Names and values in turn; a NULL ends them. */
  const char *const *headers;
  /* It ends with a NUL beyond its length. */
  const char *body;
  size_t body_length;
} tasker_http_response;

/* Sends a request and reads the response, whatever its status. Fails for good with `http_invalid_request`, `http_denied` (not
 * granted) or `http_body_too_large`, retryably with `http_timeout` or `http_failed`. */
tasker_http_response tasker_http_send(tasker_ctx *ctx, tasker_http_request request);

/* Fails with `http_status`, and the status in the details, unless the status is 2xx: retryable for 408, 425, 429 and 5xx, after
 * `Retry-After` where that says seconds. */
void tasker_http_success(tasker_ctx *ctx, const tasker_http_response *response);

/* The first header of that name, in any case; NULL where there is none. */
const char *tasker_http_header(const tasker_http_response *response, const char *name);

/* The body read as JSON; a permanent failure `http_invalid_body` where it is none. */
tasker_json tasker_http_json(tasker_ctx *ctx, const tasker_http_response *response);

#endif
