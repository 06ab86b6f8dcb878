package fetch

import (
	"fmt"
	"strings"
	"tasker"
	"tasker/internal/wit/imports/wasi_http_outgoing_handler"
	http "tasker/internal/wit/imports/wasi_http_types"
	"tasker/internal/wit/imports/wasi_io_streams"
	wit "tasker/internal/wit/types"
)

const (
	// wasi:io takes this much in one blocking write.
	writeBytes = 4096
	readBytes  = 65536
)

// send sends a request over wasi:http.
func send(request Request) (*Response, error) {
	outgoing, err := outgoing(request)
	if err != nil {
		return nil, err
	}
	body := outgoing.Body().Ok()
	handled := wasi_http_outgoing_handler.Handle(outgoing, wit.Some(options(request)))
	if handled.IsErr() {
		return nil, failed(request, handled.Err())
	}
	write(request.Body, body)
	pending := handled.Ok()
	pollable := pending.Subscribe()
	pollable.Block()
	pollable.Drop()
	answer := pending.Get().Some().Ok()
	if answer.IsErr() {
		return nil, failed(request, answer.Err())
	}
	return read(request, answer.Ok())
}

func outgoing(request Request) (*http.OutgoingRequest, error) {
	scheme, rest, isURL := strings.Cut(request.URL, "://")
	rest, _, _ = strings.Cut(rest, "#")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	if !isURL || authority == "" || scheme != "http" && scheme != "https" {
		return nil, invalid(request, "it is no http:// or https:// URL")
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	headers := http.MakeFields()
	for _, header := range request.Headers {
		if appended := headers.Append(header.Name, []byte(header.Value)); appended.IsErr() {
			return nil, invalid(request, fmt.Sprintf("its header `%s` is refused", header.Name))
		}
	}
	outgoing := http.MakeOutgoingRequest(headers)
	over := http.MakeSchemeHttp()
	if scheme == "https" {
		over = http.MakeSchemeHttps()
	}
	switch {
	case outgoing.SetMethod(method(request.Method)).IsErr():
		return nil, invalid(request, "its method is none")
	case outgoing.SetScheme(wit.Some(over)).IsErr():
		return nil, invalid(request, "its scheme is none")
	case outgoing.SetAuthority(wit.Some(authority)).IsErr():
		return nil, invalid(request, "its host is none")
	case outgoing.SetPathWithQuery(wit.Some(path)).IsErr():
		return nil, invalid(request, "its path is none")
	}
	return outgoing, nil
}

func method(name string) http.Method {
	switch name {
	case "GET":
		return http.MakeMethodGet()
	case "HEAD":
		return http.MakeMethodHead()
	case "POST":
		return http.MakeMethodPost()
	case "PUT":
		return http.MakeMethodPut()
	case "DELETE":
		return http.MakeMethodDelete()
	case "OPTIONS":
		return http.MakeMethodOptions()
	case "PATCH":
		return http.MakeMethodPatch()
	}
	return http.MakeMethodOther(name)
}

func options(request Request) *http.RequestOptions {
	options := http.MakeRequestOptions()
	timeout := wit.Some(uint64(request.Timeout.Nanoseconds()))
	options.SetConnectTimeout(timeout)
	options.SetFirstByteTimeout(timeout)
	options.SetBetweenBytesTimeout(timeout)
	return options
}

// write writes the body of a request. Where that fails, the response says why.
func write(data []byte, body *http.OutgoingBody) {
	if len(data) > 0 {
		stream := body.Write().Ok()
		for len(data) > 0 {
			piece := data[:min(len(data), writeBytes)]
			if stream.BlockingWriteAndFlush(piece).IsErr() {
				break
			}
			data = data[len(piece):]
		}
		stream.Drop()
	}
	http.OutgoingBodyFinish(body, wit.None[*http.Fields]())
}

func read(request Request, incoming *http.IncomingResponse) (*Response, error) {
	defer incoming.Drop()
	response := &Response{URL: request.URL, Status: int(incoming.Status())}
	headers := incoming.Headers()
	for _, entry := range headers.Entries() {
		value := strings.ToValidUTF8(string(entry.F1), "\uFFFD")
		response.Headers = append(response.Headers, Header{entry.F0, value})
	}
	headers.Drop()
	body := incoming.Consume().Ok()
	defer body.Drop()
	stream := body.Stream().Ok()
	defer stream.Drop()
	for {
		piece := stream.BlockingRead(readBytes)
		if piece.IsErr() {
			why := piece.Err()
			if why.Tag() == wasi_io_streams.StreamError_Closed {
				return response, nil
			}
			return nil, broken(request, why)
		}
		response.Body = append(response.Body, piece.Ok()...)
		if len(response.Body) > request.MaxBodyBytes {
			message := fmt.Sprintf("the body of %s has more than %d bytes", request.URL, request.MaxBodyBytes)
			return nil, tasker.Permanent("http_body_too_large", message)
		}
	}
}

func invalid(request Request, why string) error {
	message := fmt.Sprintf("%s %s cannot be sent: %s", request.Method, request.URL, why)
	return tasker.Permanent("http_invalid_request", message)
}

func broken(request Request, why wasi_io_streams.StreamError) error {
	if code := http.HttpErrorCode(why.LastOperationFailed()); code.IsSome() {
		return failed(request, code.Some())
	}
	return tasker.Retryable("http_failed", fmt.Sprintf("the body of %s broke off", request.URL))
}

// names are those of the error codes of wasi:http, in their order.
var names = [...]string{
	"DNS-timeout", "DNS-error", "destination-not-found", "destination-unavailable", "destination-IP-prohibited",
	"destination-IP-unroutable", "connection-refused", "connection-terminated", "connection-timeout",
	"connection-read-timeout", "connection-write-timeout", "connection-limit-reached", "TLS-protocol-error",
	"TLS-certificate-error", "TLS-alert-received", "HTTP-request-denied", "HTTP-request-length-required",
	"HTTP-request-body-size", "HTTP-request-method-invalid", "HTTP-request-URI-invalid", "HTTP-request-URI-too-long",
	"HTTP-request-header-section-size", "HTTP-request-header-size", "HTTP-request-trailer-section-size",
	"HTTP-request-trailer-size", "HTTP-response-incomplete", "HTTP-response-header-section-size",
	"HTTP-response-header-size", "HTTP-response-body-size", "HTTP-response-trailer-section-size",
	"HTTP-response-trailer-size", "HTTP-response-transfer-coding", "HTTP-response-content-coding",
	"HTTP-response-timeout", "HTTP-upgrade-failed", "HTTP-protocol-error", "loop-detected", "configuration-error",
	"internal-error",
}

func failed(request Request, code http.ErrorCode) error {
	told := names[code.Tag()]
	switch code.Tag() {
	case http.ErrorCode_HttpRequestDenied, http.ErrorCode_DestinationIpProhibited:
		return tasker.Permanent("http_denied", fmt.Sprintf("this component may not send to %s", request.URL))
	case http.ErrorCode_ConnectionTimeout, http.ErrorCode_ConnectionReadTimeout, http.ErrorCode_ConnectionWriteTimeout,
		http.ErrorCode_HttpResponseTimeout, http.ErrorCode_DnsTimeout:
		message := fmt.Sprintf("%s took longer than %s: %s", request.URL, request.Timeout, told)
		return tasker.Retryable("http_timeout", message)
	case http.ErrorCode_InternalError:
		if why := code.InternalError(); why.IsSome() {
			told += ": " + why.Some()
		}
	}
	return tasker.Retryable("http_failed", fmt.Sprintf("%s: %s", request.URL, told))
}
