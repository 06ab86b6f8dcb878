/* What sends a request: the host of a component, or a test. */
#ifndef TASKER_HTTP_EXCHANGE_H
#define TASKER_HTTP_EXCHANGE_H

#include "tasker_http.h"

/* Sends a request that is complete, and reads the response; or fails the attempt. */
void tasker_http_exchange(tasker_ctx *ctx, const tasker_http_request *request, tasker_http_response *response);

#endif
