//! The child's end of the pipe.

use super::{CompileLimits, engine, pipe};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{self, Read, Write};
use std::process::ExitCode;
use wasmtime::Engine;

/// The child could not do its work: what it says on standard error is why.
pub(super) const FAILED: i32 = 1;
/// What standard output holds is why the component was refused, not its code.
pub(super) const REFUSED: u8 = 3;
/// A request for memory was refused.
pub(super) const NO_MEMORY: u8 = 4;

/// The nice value of the child: it has a lower priority than the host.
const NICENESS: i32 = 10;

/// The main function of a child: takes on the limits, compiles the sources on standard input and
/// writes their machine code to standard output.
///
/// Must be called before the process has a second thread. It ends with the process that started it.
pub fn compile_within(limits: CompileLimits) -> ExitCode {
    match take_on(limits).and_then(|()| compile()) {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::OutOfMemory => NO_MEMORY.into(),
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn take_on(limits: CompileLimits) -> io::Result<()> {
    end_with_parent()?;
    rustix::process::nice(NICENESS)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    // Where both limits are one, the kernel may kill at once, which looks like someone else's doing.
    let seconds = limits.cpu.as_secs().max(1);
    let (current, maximum) = (Some(seconds), Some(seconds + 5));
    setrlimit(Resource::Cpu, Rlimit { current, maximum })?;
    limit(Resource::As, limits.memory_bytes)
}

#[cfg(target_os = "linux")]
fn end_with_parent() -> io::Result<()> {
    use rustix::process::Signal;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}

/// Elsewhere a child outlives a killed host by its limit on processor time at most.
#[cfg(not(target_os = "linux"))]
fn end_with_parent() -> io::Result<()> {
    Ok(())
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let (current, maximum) = (Some(most), Some(most));
    Ok(setrlimit(resource, Rlimit { current, maximum })?)
}

fn compile() -> io::Result<ExitCode> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    let sources = pipe::asked(&bytes).ok_or(io::ErrorKind::InvalidData)?;
    let compiled = Engine::new(&engine::settings()).and_then(|engine| {
        let codes = sources.iter().map(|it| it.compile(&engine));
        codes.collect::<wasmtime::Result<Vec<_>>>()
    });
    match compiled {
        Ok(codes) => answer(&pipe::answer(&codes), ExitCode::SUCCESS),
        Err(error) if lacks_memory(&error) => Ok(NO_MEMORY.into()),
        Err(error) => answer(format!("{error:#}").as_bytes(), REFUSED.into()),
    }
}

fn answer(bytes: &[u8], code: ExitCode) -> io::Result<ExitCode> {
    let mut out = io::stdout();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(code)
}

fn lacks_memory(error: &wasmtime::Error) -> bool {
    let of_the_kernel = |cause: &(dyn std::error::Error + 'static)| {
        let cause = cause.downcast_ref::<io::Error>();
        cause.is_some_and(|cause| cause.kind() == io::ErrorKind::OutOfMemory)
    };
    error.is::<wasmtime::OutOfMemory>() || error.chain().any(of_the_kernel)
}
