// Package fetch sends HTTP requests, to the destinations that the component was granted.
//
//	response, err := fetch.Post(ctx, "https://api.example.com/v1/refunds", fetch.Request{JSON: refund})
//	if err == nil {
//		err = response.Success()
//	}
package fetch

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"tasker"
	"tasker/internal/schema"
	"time"
	"unicode/utf8"
)

const (
	// DefaultTimeout is how long a request waits unless it says otherwise.
	DefaultTimeout = 10 * time.Second
	// DefaultMaxBodyBytes is how many bytes a response's body may have unless the request says otherwise.
	DefaultMaxBodyBytes = 8 << 20
)

// Header is a header of a request or a response.
type Header struct {
	Name, Value string
}

// Request is a request to be sent.
type Request struct {
	Method, URL string
	Headers     []Header
	Body        []byte
	// JSON is written as the body where it is not nil, with a content-type where Headers has none.
	JSON any
	// Timeout is for a connection, for the first byte, and between two pieces of the body; 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxBodyBytes bounds the response's body; 0 is DefaultMaxBodyBytes.
	MaxBodyBytes int
}

// Response is a response, read to its end.
type Response struct {
	URL     string
	Status  int
	Headers []Header
	Body    []byte
}

// Do sends a request and reads the whole response, whatever its status. It fails for good with "http_invalid_request",
// "http_denied" (not granted) or "http_body_too_large", retryably with "http_timeout" or "http_failed".
func Do(ctx context.Context, request Request) (*Response, error) {
	request.Headers = append([]Header{}, request.Headers...)
	if request.JSON != nil {
		text, err := schema.Write(request.JSON)
		if err != nil {
			message := fmt.Sprintf("the body of %s cannot be written as JSON: %s", request.URL, err)
			return nil, tasker.Permanent("invalid_body", message)
		}
		request.Body = []byte(text)
		request.addMissing("content-type", "application/json")
	}
	if len(request.Body) > 0 {
		request.addMissing("content-length", strconv.Itoa(len(request.Body)))
	}
	if request.Timeout <= 0 {
		request.Timeout = DefaultTimeout
	}
	if deadline, has := ctx.Deadline(); has {
		request.Timeout = min(request.Timeout, max(time.Until(deadline), time.Millisecond))
	}
	if request.MaxBodyBytes <= 0 {
		request.MaxBodyBytes = DefaultMaxBodyBytes
	}
	if err := ctx.Err(); err != nil {
		return nil, tasker.Retryable("http_failed", fmt.Sprintf("%s was not sent: %s", request.URL, err))
	}
	if answer, is := ctx.Value(Answers).(func(Request) (*Response, error)); is {
		return answer(request)
	}
	return send(request)
}

// Answers is the key under which a context has what answers the requests of a test: func(Request) (*Response, error).
var Answers = answers{}

type answers struct{}

// Get sends a GET request; the others of its members are as Do has them.
func Get(ctx context.Context, url string, request Request) (*Response, error) {
	return do(ctx, "GET", url, request)
}

// Post sends a POST request; the others of its members are as Do has them.
func Post(ctx context.Context, url string, request Request) (*Response, error) {
	return do(ctx, "POST", url, request)
}

// Put sends a PUT request; the others of its members are as Do has them.
func Put(ctx context.Context, url string, request Request) (*Response, error) {
	return do(ctx, "PUT", url, request)
}

// Patch sends a PATCH request; the others of its members are as Do has them.
func Patch(ctx context.Context, url string, request Request) (*Response, error) {
	return do(ctx, "PATCH", url, request)
}

// Delete sends a DELETE request; the others of its members are as Do has them.
func Delete(ctx context.Context, url string, request Request) (*Response, error) {
	return do(ctx, "DELETE", url, request)
}

func do(ctx context.Context, method, url string, request Request) (*Response, error) {
	request.Method, request.URL = method, url
	return Do(ctx, request)
}

func (request *Request) addMissing(name, value string) {
	for _, header := range request.Headers {
		if strings.EqualFold(header.Name, name) {
			return
		}
	}
	request.Headers = append(request.Headers, Header{name, value})
}

// Header is the first header of that name, in any case; empty where there is none.
func (response *Response) Header(name string) string {
	for _, header := range response.Headers {
		if strings.EqualFold(header.Name, name) {
			return header.Value
		}
	}
	return ""
}

// Text is the body as text; a permanent failure "http_invalid_body" where it is not UTF-8.
func (response *Response) Text() (string, error) {
	if !utf8.Valid(response.Body) {
		return "", tasker.Permanent("http_invalid_body", fmt.Sprintf("the body of %s is not UTF-8", response.URL))
	}
	return string(response.Body), nil
}

// JSON reads the body as JSON into what the pointer points at; a permanent failure "invalid_body" where it does not fit.
func (response *Response) JSON(into any) error {
	text, err := response.Text()
	if err != nil {
		return err
	}
	if err := schema.Read(text, into); err != nil {
		return tasker.Permanent("invalid_body", fmt.Sprintf("the body of %s is wrong%s", response.URL, err))
	}
	return nil
}

// Success is nil if the status is 2xx, else a failure "http_status" with the status in its details. It is retryable for 408, 425,
// 429 and 5xx, after `Retry-After` where that says seconds.
func (response *Response) Success() error {
	status := response.Status
	if status >= 200 && status < 300 {
		return nil
	}
	message := fmt.Sprintf("%s answered with status %d", response.URL, status)
	details := map[string]int{"status": status}
	switch {
	case status == 408, status == 425, status == 429, status >= 500 && status < 600:
	default:
		return tasker.Permanent("http_status", message).WithDetails(details)
	}
	seconds, err := strconv.ParseUint(strings.TrimSpace(response.Header("retry-after")), 10, 31)
	if err == nil {
		return tasker.RetryAfter(time.Duration(seconds)*time.Second, "http_status", message).WithDetails(details)
	}
	return tasker.Retryable("http_status", message).WithDetails(details)
}
