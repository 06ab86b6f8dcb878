/* Sends requests by `wasi:http`. The linker takes this file where the author sends any. */
#ifdef __wasm__
#include "http.h"
#include "wasm.h"

#include <stdlib.h>
#include <string.h>

/* `wasi:io` takes this much in one blocking write. */
enum { WRITE_BYTES = 4096, READ_BYTES = 65536 };

typedef wasi_http_types_error_code_t error_code;

static void invalid(tasker_ctx *ctx, const tasker_http_request *request, const char *why) {
  tasker_permanent(ctx, "http_invalid_request", "%s %s cannot be sent: %s", request->method, request->url, why);
}

static void failed(tasker_ctx *ctx, const tasker_http_request *request, const error_code *error) {
  switch (error->tag) {
    case WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_DENIED:
    case WASI_HTTP_TYPES_ERROR_CODE_DESTINATION_IP_PROHIBITED:
      tasker_permanent(ctx, "http_denied", "this component may not send to %s", request->url);
      return;
    case WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_TIMEOUT:
    case WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_READ_TIMEOUT:
    case WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_WRITE_TIMEOUT:
    case WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_TIMEOUT:
    case WASI_HTTP_TYPES_ERROR_CODE_DNS_TIMEOUT:
      tasker_retryable(ctx, "http_timeout", "%s took longer than %llu ms", request->url, (unsigned long long)request->timeout_ms);
      return;
    case WASI_HTTP_TYPES_ERROR_CODE_DNS_ERROR:
    case WASI_HTTP_TYPES_ERROR_CODE_DESTINATION_NOT_FOUND:
      tasker_retryable(ctx, "http_failed", "%s: its host has no address", request->url);
      return;
    case WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_REFUSED:
      tasker_retryable(ctx, "http_failed", "%s: the connection was refused", request->url);
      return;
    case WASI_HTTP_TYPES_ERROR_CODE_INTERNAL_ERROR: {
      bool has_words = error->val.internal_error.is_some;
      const char *words = has_words ? (const char *)error->val.internal_error.val.ptr : "an internal error";
      tasker_retryable(ctx, "http_failed", "%s: %s", request->url, words);
      return;
    }
    default:
      tasker_retryable(ctx, "http_failed", "%s: error %d of wasi:http", request->url, error->tag);
  }
}

/* The parts of an `http://` or `https://` URL, without a fragment; false where it is none. */
static bool parts(const char *url, bool *is_https, wit_imports_string_t *authority, const char **path) {
  *is_https = strncmp(url, "https://", 8) == 0;
  if (!*is_https && strncmp(url, "http://", 7) != 0) return false;
  const char *start = url + (*is_https ? 8 : 7), *end = start + strcspn(start, "/?#");
  *authority = (wit_imports_string_t){(uint8_t *)start, (size_t)(end - start)};
  *path = tasker_format("%s%.*s", *end == '/' ? "" : "/", (int)strcspn(end, "#"), end);
  return end > start;
}

static wasi_http_types_method_t method_of(const char *name) {
  static const char *const KNOWN[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  for (uint8_t at = 0; at < sizeof KNOWN / sizeof *KNOWN; at += 1) {
    if (strcmp(KNOWN[at], name) == 0) return (wasi_http_types_method_t){.tag = at};
  }
  return (wasi_http_types_method_t){.tag = WASI_HTTP_TYPES_METHOD_OTHER, .val.other = tasker_lent(name)};
}

static bool add_headers(tasker_ctx *ctx, const tasker_http_request *request, wasi_http_types_own_fields_t fields) {
  wasi_http_types_borrow_fields_t to = wasi_http_types_borrow_fields(fields);
  for (const char *const *one = request->headers; *one != NULL; one += 2) {
    wit_imports_string_t name = tasker_lent(one[0]), value = tasker_lent(one[1]);
    wasi_http_types_field_value_t bytes = {value.ptr, value.len};
    wasi_http_types_header_error_t error;
    if (wasi_http_types_method_fields_append(to, &name, &bytes, &error)) continue;
    invalid(ctx, request, tasker_format("its header `%s` is refused", one[0]));
    return false;
  }
  return true;
}

static bool outgoing(tasker_ctx *ctx, const tasker_http_request *request, wasi_http_types_own_outgoing_request_t *made) {
  bool is_https;
  const char *path;
  wit_imports_string_t authority;
  if (!parts(request->url, &is_https, &authority, &path)) {
    invalid(ctx, request, "it is no http:// or https:// URL");
    return false;
  }
  wasi_http_types_own_fields_t fields = wasi_http_types_constructor_fields();
  if (!add_headers(ctx, request, fields)) return false;
  *made = wasi_http_types_constructor_outgoing_request(fields);
  wasi_http_types_borrow_outgoing_request_t of = wasi_http_types_borrow_outgoing_request(*made);
  wasi_http_types_method_t method = method_of(request->method);
  wasi_http_types_scheme_t scheme = {.tag = is_https ? WASI_HTTP_TYPES_SCHEME_HTTPS : WASI_HTTP_TYPES_SCHEME_HTTP};
  wit_imports_string_t rest = tasker_lent(path);
  const char *wrong = !wasi_http_types_method_outgoing_request_set_method(of, &method) ? "its method is none"
      : !wasi_http_types_method_outgoing_request_set_scheme(of, &scheme)               ? "its scheme is none"
      : !wasi_http_types_method_outgoing_request_set_authority(of, &authority)         ? "its host is none"
      : !wasi_http_types_method_outgoing_request_set_path_with_query(of, &rest)        ? "its path is none"
                                                                                       : NULL;
  if (wrong != NULL) invalid(ctx, request, wrong);
  return wrong == NULL;
}

static wasi_http_types_own_request_options_t options_of(const tasker_http_request *request) {
  wasi_http_types_own_request_options_t options = wasi_http_types_constructor_request_options();
  wasi_http_types_borrow_request_options_t of = wasi_http_types_borrow_request_options(options);
  wasi_http_types_duration_t nanoseconds = request->timeout_ms * 1000000;
  wasi_http_types_method_request_options_set_connect_timeout(of, &nanoseconds);
  wasi_http_types_method_request_options_set_first_byte_timeout(of, &nanoseconds);
  wasi_http_types_method_request_options_set_between_bytes_timeout(of, &nanoseconds);
  return options;
}

/* Where a piece is not taken, the response says why. */
static void write_body(const tasker_http_request *request, wasi_http_types_own_outgoing_body_t body) {
  wasi_http_types_own_output_stream_t stream;
  error_code error;
  if (!wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body(body), &stream)) return;
  wasi_io_streams_borrow_output_stream_t to = wasi_io_streams_borrow_output_stream(stream);
  bool is_taken = true;
  for (size_t at = 0; is_taken && at < request->body_length; at += WRITE_BYTES) {
    size_t left = request->body_length - at;
    wit_imports_list_u8_t piece = {(uint8_t *)request->body + at, left < WRITE_BYTES ? left : WRITE_BYTES};
    wasi_io_streams_stream_error_t broken;
    is_taken = wasi_io_streams_method_output_stream_blocking_write_and_flush(to, &piece, &broken);
  }
  wasi_io_streams_output_stream_drop_own(stream);
  if (is_taken) wasi_http_types_static_outgoing_body_finish(body, NULL, &error);
}

static void read_headers(wasi_http_types_borrow_incoming_response_t of, tasker_http_response *response) {
  wasi_http_types_own_headers_t fields = wasi_http_types_method_incoming_response_headers(of);
  wasi_http_types_list_tuple2_field_name_field_value_t entries;
  wasi_http_types_method_fields_entries(wasi_http_types_borrow_fields(fields), &entries);
  const char **headers = tasker_allocate((2 * entries.len + 1) * sizeof *headers);
  for (size_t at = 0; at < entries.len; at += 1) {
    headers[2 * at] = (const char *)entries.ptr[at].f0.ptr;
    headers[2 * at + 1] = (const char *)entries.ptr[at].f1.ptr;
  }
  response->headers = headers;
}

static void broken(tasker_ctx *ctx, const tasker_http_request *request, const wasi_io_streams_stream_error_t *error) {
  error_code code;
  bool has_code = wasi_http_types_http_error_code(wasi_io_error_borrow_error(error->val.last_operation_failed), &code);
  if (has_code) failed(ctx, request, &code);
  tasker_retryable(ctx, "http_failed", "the body of %s broke off", request->url);
}

static char *with_room(char *bytes, size_t needed, size_t *room) {
  if (needed <= *room) return bytes;
  *room = needed * 2;
  bytes = realloc(bytes, *room);
  if (bytes == NULL) abort();
  return bytes;
}

static void read_body(tasker_ctx *ctx, const tasker_http_request *request, wasi_http_types_own_incoming_body_t body, tasker_http_response *response) {
  wasi_http_types_own_input_stream_t stream;
  if (!wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(body), &stream)) return;
  wasi_io_streams_borrow_input_stream_t from = wasi_io_streams_borrow_input_stream(stream);
  size_t length = 0, room = READ_BYTES;
  char *bytes = tasker_allocate(room);
  while (true) {
    wit_imports_list_u8_t piece;
    wasi_io_streams_stream_error_t error;
    if (!wasi_io_streams_method_input_stream_blocking_read(from, READ_BYTES, &piece, &error)) {
      if (error.tag != WASI_IO_STREAMS_STREAM_ERROR_CLOSED) broken(ctx, request, &error);
      break;
    }
    if (length + piece.len > request->max_body_bytes) {
      tasker_permanent(ctx, "http_body_too_large", "the body of %s has more than %zu bytes", request->url, request->max_body_bytes);
      break;
    }
    bytes = with_room(bytes, length + piece.len + 1, &room);
    memcpy(bytes + length, piece.ptr, piece.len);
    length += piece.len;
    wit_imports_list_u8_free(&piece);
  }
  bytes[length] = 0;
  response->body = bytes;
  response->body_length = length;
  wasi_io_streams_input_stream_drop_own(stream);
}

static bool answered(tasker_ctx *ctx, const tasker_http_request *request, wasi_http_types_own_future_incoming_response_t pending, wasi_http_types_own_incoming_response_t *incoming) {
  wasi_http_types_borrow_future_incoming_response_t of = wasi_http_types_borrow_future_incoming_response(pending);
  wasi_http_types_own_pollable_t ready = wasi_http_types_method_future_incoming_response_subscribe(of);
  wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(ready));
  wasi_io_poll_pollable_drop_own(ready);
  wasi_http_types_result_result_own_incoming_response_error_code_void_t answer;
  if (!wasi_http_types_method_future_incoming_response_get(of, &answer) || answer.is_err) {
    tasker_retryable(ctx, "http_failed", "%s: there is no answer", request->url);
    return false;
  }
  if (answer.val.ok.is_err) {
    failed(ctx, request, &answer.val.ok.val.err);
    return false;
  }
  *incoming = answer.val.ok.val.ok;
  return true;
}

void tasker_http_exchange(tasker_ctx *ctx, const tasker_http_request *request, tasker_http_response *response) {
  wasi_http_types_own_outgoing_request_t sent;
  wasi_http_types_own_outgoing_body_t body;
  wasi_http_types_own_future_incoming_response_t pending;
  wasi_http_types_own_incoming_response_t incoming;
  wasi_http_types_own_incoming_body_t answer;
  error_code error;
  if (!outgoing(ctx, request, &sent)) return;
  if (!wasi_http_types_method_outgoing_request_body(wasi_http_types_borrow_outgoing_request(sent), &body)) return;
  wasi_http_types_own_request_options_t options = options_of(request);
  if (!wasi_http_outgoing_handler_handle(sent, &options, &pending, &error)) {
    failed(ctx, request, &error);
    return;
  }
  write_body(request, body);
  if (!answered(ctx, request, pending, &incoming)) return;
  wasi_http_types_borrow_incoming_response_t of = wasi_http_types_borrow_incoming_response(incoming);
  response->status = wasi_http_types_method_incoming_response_status(of);
  read_headers(of, response);
  if (wasi_http_types_method_incoming_response_consume(of, &answer)) read_body(ctx, request, answer, response);
}

#endif
