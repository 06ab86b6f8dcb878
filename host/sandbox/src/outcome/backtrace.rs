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
    let frames: Vec<String> = trace.frames().iter().map(describe).collect();
    let machinery = frames
        .iter()
        .take_while(|frame| is_panic_machinery(frame))
        .count();
    let shown = if machinery < frames.len() {
        &frames[machinery..]
    } else {
        &frames[..]
    };
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

fn is_panic_machinery(frame: &str) -> bool {
    PANIC_MACHINERY.iter().any(|start| frame.starts_with(start))
}

fn numbered(frame: &str, times: usize) -> String {
    if times == 1 {
        frame.to_owned()
    } else {
        format!("{frame} ({times} times)")
    }
}

fn describe(frame: &FrameInfo) -> String {
    let symbol = frame.symbols().first();
    let name = symbol
        .and_then(|symbol| symbol.name())
        .or_else(|| frame.func_name());
    let name = name.map_or_else(|| format!("function {}", frame.func_index()), demangled);
    match symbol.and_then(|symbol| symbol.file().zip(symbol.line())) {
        Some((file, line)) => format!("{name} at {file}:{line}"),
        None => name,
    }
}

/// Names as in the source, if the compiler was rustc.
fn demangled(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}
