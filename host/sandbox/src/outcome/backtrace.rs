//! Guest backtraces for people.

use crate::engine::BACKTRACE_FRAMES;
use wasmtime::{FrameInfo, WasmBacktrace};

/// Lines of one backtrace.
const MAX_LINES: usize = 32;

/// How often in a row the innermost function must call itself to be taken for a recursion.
const RECURSION_FRAMES: usize = 4;

/// Prefixes of functions that belong to the panic machinery only.
const PANIC_MACHINERY: [&str; 9] = [
    "__rustc",
    "abort",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::panicking",
    "core::result::unwrap_failed",
    "std::panicking",
    "std::process",
    "std::sys",
];

/// The frames, innermost first, without what lies between a panic and its trap; a frame that
/// repeats is listed once, with its number.
pub(super) fn lines(trace: &WasmBacktrace) -> Vec<String> {
    let frames = trace.frames();
    let machinery = frames.iter().take_while(|frame| is_panic_machinery(frame));
    let shown = match machinery.count() {
        all if all == frames.len() => frames,
        machinery => &frames[machinery..],
    };
    let shown: Vec<String> = shown.iter().flat_map(describe).collect();
    let runs = shown.chunk_by(|a, b| a == b);
    runs.take(MAX_LINES)
        .map(|run| numbered(&run[0], run.len()))
        .collect()
}

/// True if the innermost function is on the stack again and again, or the stack is very deep.
pub(super) fn is_recursion(trace: &WasmBacktrace) -> bool {
    let frames = trace.frames();
    let innermost = frames.first().map(FrameInfo::func_index);
    let run = frames
        .iter()
        .take_while(|frame| Some(frame.func_index()) == innermost)
        .count();
    run >= RECURSION_FRAMES || frames.len() >= BACKTRACE_FRAMES
}

fn is_panic_machinery(frame: &FrameInfo) -> bool {
    let innermost = describe(frame).into_iter().next();
    innermost.is_some_and(|it| PANIC_MACHINERY.iter().any(|start| it.starts_with(start)))
}

fn numbered(frame: &str, times: usize) -> String {
    if times == 1 {
        frame.to_owned()
    } else {
        format!("{frame} ({times} times)")
    }
}

/// The functions of a frame, the innermost first: those that the compiler put into others have none of their own, and are
/// known where the component has line tables.
fn describe(frame: &FrameInfo) -> Vec<String> {
    let name_of_frame = || {
        let name = frame.func_name();
        name.map_or_else(|| format!("function {}", frame.func_index()), demangled)
    };
    let symbols = frame.symbols();
    if symbols.is_empty() {
        return vec![name_of_frame()];
    }
    let described = symbols.iter().map(|symbol| {
        let name = symbol.name().map_or_else(name_of_frame, demangled);
        match symbol.file().zip(symbol.line()) {
            Some((file, line)) => format!("{name} at {file}:{line}"),
            None => name,
        }
    });
    described.collect()
}

/// Names as in the source, if the compiler was rustc.
fn demangled(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}
