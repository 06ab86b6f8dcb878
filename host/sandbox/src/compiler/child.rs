//! The host's end of the pipe.

use super::inside::{FAILED, NO_MEMORY, REFUSED};
use super::{CompileLimits, MAX_CODE_BYTES, Source, pipe};
use crate::SandboxError;
use crate::refusal::{CompileBound, Refusal};
use bytes::Bytes;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

/// Bytes of what a child says of its own end.
const MAX_LAST_WORDS_BYTES: u64 = 4 << 10;
/// What a Rust program prints before it aborts because it is out of memory.
const ALLOCATION_FAILED: &str = "memory allocation of";
/// The allocator takes its address space in pieces of this size, not in one that is larger than
/// most components need.
const ALLOCATOR_PIECE: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "64MiB");

/// What a child left when it was waited for.
struct ChildOutput {
    status: ExitStatus,
    output: Vec<u8>,
    last_words: String,
}

/// Has a child compile the sources; blocks until it ended, which is within its limits.
pub(super) fn compile(
    program: &Path,
    limits: &CompileLimits,
    sources: &[Source<'_>],
) -> Result<Vec<Bytes>, SandboxError> {
    let question = pipe::question(sources);
    let child = command(program, limits)
        .spawn()
        .map_err(SandboxError::Compiler)?;
    let Some(left) = wait(child, limits, &question).map_err(SandboxError::Compiler)? else {
        return Err(over(CompileBound::Wall(limits.wall())));
    };
    if left.output.len() > MAX_CODE_BYTES {
        return Err(over(CompileBound::Code(MAX_CODE_BYTES)));
    }
    match left.status.code() {
        Some(0) => pipe::answered(&left.output.into(), sources.len())
            .ok_or_else(|| SandboxError::Compiler(io::Error::other("it answered something else"))),
        Some(code) if code == i32::from(REFUSED) => {
            let reason = String::from_utf8_lossy(&left.output).into_owned();
            Err(Refusal::of_compiler(wasmtime::Error::msg(reason)).into())
        }
        Some(code) if code == i32::from(NO_MEMORY) => {
            Err(over(CompileBound::Memory(limits.memory_bytes)))
        }
        Some(_) | None => Err(ended(&left, limits)),
    }
}

fn command(program: &Path, limits: &CompileLimits) -> Command {
    let mut command = Command::new(program);
    command
        .arg("compile-component")
        .arg(format!("--cpu-seconds={}", limits.cpu.as_secs()))
        .arg(format!("--memory-bytes={}", limits.memory_bytes))
        .env_clear()
        .env(ALLOCATOR_PIECE.0, ALLOCATOR_PIECE.1)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Ctrl-C on the terminal goes to the host, which ends when what it does is done.
        .process_group(0);
    command
}

/// What the child left; `None` if it had to be ended because its time was over.
///
/// The thread that calls this is the parent whose end ends the child, and does not end before it.
fn wait(mut child: Child, limits: &CompileLimits, bytes: &[u8]) -> io::Result<Option<ChildOutput>> {
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(stdout), Some(stderr)) = pipes else {
        unreachable!("all three were asked for");
    };
    thread::scope(|scope| {
        // A child that ends early reads no further, and its end says why.
        scope.spawn(move || stdin.write_all(bytes));
        let last_words = scope.spawn(move || read(stderr, MAX_LAST_WORDS_BYTES));
        let (tell, told) = mpsc::channel();
        scope.spawn(move || tell.send(read(stdout, MAX_CODE_BYTES as u64 + 1)));
        let output = told.recv_timeout(limits.wall());
        let status = match &output {
            Ok(Ok(output)) if output.len() <= MAX_CODE_BYTES => child.wait()?,
            Ok(_) | Err(_) => {
                child.kill()?;
                child.wait()?
            }
        };
        let Ok(output) = output else { return Ok(None) };
        let last_words = last_words.join().expect("reading does not panic")?;
        Ok(Some(ChildOutput {
            status,
            output: output?,
            last_words: String::from_utf8_lossy(&last_words).into_owned(),
        }))
    })
}

/// The first `most` bytes.
fn read(pipe: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pipe.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn over(bound: CompileBound) -> SandboxError {
    Refusal::CompileLimit(bound).into()
}

/// Why a child ended that had no answer. One that crashed was made to by the component; one that
/// was told to end was so by someone on this machine, and one that failed says what this lacks.
fn ended(left: &ChildOutput, limits: &CompileLimits) -> SandboxError {
    use rustix::process::Signal;
    let signal = left.status.signal().and_then(Signal::from_named_raw);
    let told = left.last_words.trim().lines().last().unwrap_or_default();
    match signal {
        Some(Signal::XCPU) => over(CompileBound::Cpu(limits.cpu)),
        Some(Signal::ABORT) if left.last_words.contains(ALLOCATION_FAILED) => {
            over(CompileBound::Memory(limits.memory_bytes))
        }
        Some(Signal::KILL | Signal::TERM | Signal::INT | Signal::HUP) => SandboxError::Compiler(
            io::Error::other(format!("it was ended by another process: {}", left.status)),
        ),
        None if left.status.code() == Some(FAILED) => {
            SandboxError::Compiler(io::Error::other(told.to_owned()))
        }
        _ => Refusal::CompilerCrash {
            how: format!("{}: {told}", left.status),
        }
        .into(),
    }
}
