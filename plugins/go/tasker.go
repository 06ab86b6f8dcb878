// Package tasker is for step handlers of Tasker, and subscribers to events, as plain typed functions.
//
//	package main
//
//	import (
//		"tasker"
//		"tasker/handler"
//	)
//
//	type Greet struct {
//		Name string `json:"name" description:"Whom to greet."`
//	}
//
//	type Greeting struct {
//		Text string `json:"text"`
//	}
//
//	func init() {
//		handler.Register("greet", greet, handler.Errors("nobody"))
//	}
//
//	func greet(ctx *tasker.Context, input Greet) (Greeting, error) {
//		if input.Name == "" {
//			return Greeting{}, tasker.Permanent("nobody", "there is no one to greet")
//		}
//		return Greeting{"Hello, " + input.Name + "!"}, nil
//	}
//
//	func main() {}
//
// A fresh instance runs every attempt, so nothing is kept between two. What log/slog, log and fmt print goes to the attempt's log.
package tasker

import (
	"log/slog"
	"tasker/internal/registry"
)

// Version is the version of this SDK.
const Version = "0.1.0"

// LevelTrace is the level of every detail, below slog.LevelDebug.
const LevelTrace = slog.Level(-8)

// Capabilities says what the component wants to be granted, such as "kv counters" and "http POST api.example.com/v1/*". Call it in
// an init function.
func Capabilities(wanted ...string) {
	registry.Capabilities = append(registry.Capabilities, wanted...)
}
