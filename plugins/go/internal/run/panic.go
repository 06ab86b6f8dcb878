package run

import (
	"fmt"
	"log/slog"
	"path"
	"runtime"
	"runtime/debug"
	"strings"
	"tasker"
)

// How many frames of a panic are kept.
const frames = 50

// panicked is a panic as a failure with its message, place and trace, which is logged as well. It is to be called by the deferred
// function that recovered it.
func panicked(value any) *tasker.Failure {
	counters := make([]uintptr, frames)
	counters = counters[:runtime.Callers(2, counters)]
	trace := own(runtime.CallersFrames(counters))
	message := fmt.Sprintf("panic: %v", value)
	details := map[string]any{"trace": trace}
	if len(trace) > 0 {
		place := trace[0][strings.LastIndexByte(trace[0], '(')+1 : len(trace[0])-1]
		message += " at " + place
		details["place"] = place
	}
	slog.Error(strings.Join(append([]string{message}, trace...), "\n    at "))
	return tasker.Retryable(tasker.Internal, message).WithDetails(details)
}

// own are the frames of the author's code and of what it calls, the innermost first: `main.charge (handlers.go:12)`. The place of
// a panic is the author's: what a library does was asked of it by somebody.
func own(all *runtime.Frames) []string {
	var mine, others []string
	for {
		frame, more := all.Next()
		name, file := frame.Function, inProject(frame.File)
		shown := fmt.Sprintf("%s (%s:%d)", name, file, frame.Line)
		switch {
		case strings.HasPrefix(name, "main."):
			mine = append(mine, shown)
		case strings.HasPrefix(name, "runtime."), strings.HasPrefix(name, "tasker/"), strings.HasPrefix(name, "tasker."), name == "":
		default:
			others = append(others, shown)
		}
		if !more {
			return append(mine, others...)
		}
	}
}

// inProject is the path of a source from the folder of the project.
func inProject(file string) string {
	info, is := debug.ReadBuildInfo()
	if is && info.Main.Path != "" {
		if inside, is := strings.CutPrefix(file, info.Main.Path+"/"); is {
			return inside
		}
	}
	if path.IsAbs(file) {
		return path.Base(file)
	}
	return file
}
