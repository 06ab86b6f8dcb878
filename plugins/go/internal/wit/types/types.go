// Package types has the types of WIT that Go has none of, as the generated bindings name them.
package types

// What an Option is.
const (
	OptionNone uint8 = 0
	OptionSome uint8 = 1
)

// Option is a value, or none.
type Option[T any] struct {
	tag   uint8
	value T
}

// None is an option without a value.
func None[T any]() Option[T] { return Option[T]{} }

// Some is an option with a value.
func Some[T any](value T) Option[T] { return Option[T]{OptionSome, value} }

// Tag is OptionNone or OptionSome.
func (option Option[T]) Tag() uint8 { return option.tag }

// IsSome reports whether there is a value.
func (option Option[T]) IsSome() bool { return option.tag == OptionSome }

// Some is the value; the zero value where there is none.
func (option Option[T]) Some() T { return option.value }

// What a Result is.
const (
	ResultOk  uint8 = 0
	ResultErr uint8 = 1
)

// Result is a value, or an error.
type Result[T, E any] struct {
	tag   uint8
	value T
	err   E
}

// Ok is a result with a value.
func Ok[T, E any](value T) Result[T, E] { return Result[T, E]{value: value} }

// Err is a result with an error.
func Err[T, E any](err E) Result[T, E] { return Result[T, E]{tag: ResultErr, err: err} }

// Tag is ResultOk or ResultErr.
func (result Result[T, E]) Tag() uint8 { return result.tag }

// IsErr reports whether there is an error.
func (result Result[T, E]) IsErr() bool { return result.tag == ResultErr }

// Ok is the value; the zero value where there is an error.
func (result Result[T, E]) Ok() T { return result.value }

// Err is the error; the zero value where there is none.
func (result Result[T, E]) Err() E { return result.err }

// Unit is a value that says nothing.
type Unit struct{}

// Tuple2 is a pair.
type Tuple2[A, B any] struct {
	F0 A
	F1 B
}
