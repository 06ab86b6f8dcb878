//go:build !wasip1

package fetch

import (
	"fmt"
	"tasker"
)

func send(request Request) (*Response, error) {
	message := fmt.Sprintf("there is no host to send %s %s here; a test says with taskertest.Attempt.Answer what is answered",
		request.Method, request.URL)
	return nil, tasker.Permanent("http_failed", message)
}
