//go:build wasip1

package component

import (
	"context"
	"log/slog"
	"tasker"
	"tasker/internal/wit/imports/tasker_step_log"
	wit "tasker/internal/wit/types"
)

// In a component the log of log/slog and of log is that of the attempt.
func init() { slog.SetDefault(slog.New(logger{})) }

type field = wit.Tuple2[string, string]

// logger writes to the log of the attempt.
type logger struct {
	group  string
	fields []field
}

// Enabled lets the host decide.
func (logger) Enabled(context.Context, slog.Level) bool { return true }

func (to logger) Handle(_ context.Context, record slog.Record) error {
	fields := append([]field{}, to.fields...)
	record.Attrs(func(attribute slog.Attr) bool {
		fields = appended(fields, to.group, attribute)
		return true
	})
	tasker_step_log.Log(level(record.Level), record.Message, fields)
	return nil
}

func (to logger) WithAttrs(attributes []slog.Attr) slog.Handler {
	to.fields = append([]field{}, to.fields...)
	for _, attribute := range attributes {
		to.fields = appended(to.fields, to.group, attribute)
	}
	return to
}

func (to logger) WithGroup(name string) slog.Handler {
	if name != "" {
		to.group += name + "."
	}
	return to
}

// appended adds an attribute as a field, and a group as one field for each of its attributes.
func appended(fields []field, group string, attribute slog.Attr) []field {
	value := attribute.Value.Resolve()
	if value.Kind() != slog.KindGroup {
		if attribute.Key == "" {
			return fields
		}
		return append(fields, field{F0: group + attribute.Key, F1: value.String()})
	}
	if attribute.Key != "" {
		group += attribute.Key + "."
	}
	for _, inner := range value.Group() {
		fields = appended(fields, group, inner)
	}
	return fields
}

func level(of slog.Level) tasker_step_log.Level {
	switch {
	case of <= tasker.LevelTrace:
		return tasker_step_log.Level_Trace
	case of < slog.LevelInfo:
		return tasker_step_log.Level_Debug
	case of < slog.LevelWarn:
		return tasker_step_log.Level_Info
	case of < slog.LevelError:
		return tasker_step_log.Level_Warn
	}
	return tasker_step_log.Level_Error
}
