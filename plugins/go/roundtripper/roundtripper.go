// Package roundtripper sends the requests of net/http and of what is written for it. It makes a component larger by some
// megabytes; package fetch does not.
//
//	client := &http.Client{Transport: roundtripper.Transport{}}
package roundtripper

import (
	"bytes"
	"io"
	"net/http"
	"tasker/fetch"
	"time"
)

// Transport sends requests as package fetch does: the body of a response is read before the response is returned.
type Transport struct {
	// Timeout and MaxBodyBytes are those of fetch.Request.
	Timeout      time.Duration
	MaxBodyBytes int
}

// RoundTrip sends a request. Its error is a failure, as fetch.Do has it.
func (transport Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		var err error
		body, err = io.ReadAll(request.Body)
		request.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	var headers []fetch.Header
	for name, values := range request.Header {
		for _, value := range values {
			headers = append(headers, fetch.Header{Name: name, Value: value})
		}
	}
	answered, err := fetch.Do(request.Context(), fetch.Request{
		Method: request.Method, URL: request.URL.String(), Headers: headers, Body: body,
		Timeout: transport.Timeout, MaxBodyBytes: transport.MaxBodyBytes,
	})
	if err != nil {
		return nil, err
	}
	received := http.Header{}
	for _, header := range answered.Headers {
		received.Add(header.Name, header.Value)
	}
	status := http.StatusText(answered.Status)
	return &http.Response{
		Status: status, StatusCode: answered.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: received,
		Body: io.NopCloser(bytes.NewReader(answered.Body)), ContentLength: int64(len(answered.Body)), Request: request,
	}, nil
}
