//! WASI 0.2: clocks, random numbers, stdout and stderr, and the environment that was granted; no files,
//! no sockets.

use super::clock;
use crate::attempt_log::LogWriter;
use crate::log_line::LogSource;
use crate::seed::Seed;
use crate::services::{GuestRandom, HostServices};
use crate::state::AttemptState;
use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::random::Deterministic;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// The most random bytes that a guest may ask for in one call.
const RANDOM_BYTES: u64 = 1 << 20;
/// The most that a guest may write to stdout or stderr in one call, in bytes.
const WRITE_BYTES: usize = 64 << 10;

impl WasiView for AttemptState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (log, env) = (&self.log, &self.invocation.step.grants.env);
        let services = &self.services;
        let seed = self.seed;
        let ctx = self
            .wasi
            .get_or_insert_with(|| Box::new(context(log, env, services, seed)));
        WasiCtxView {
            ctx,
            table: &mut self.table,
        }
    }
}

fn context(
    log: &LogWriter,
    env: &[(String, String)],
    services: &HostServices,
    seed: Option<Seed>,
) -> WasiCtx {
    let mut builder = WasiCtx::builder();
    if let Some(clock) = &services.clock {
        clock::set(&mut builder, clock);
    }
    if let Some(seed) = seed {
        builder
            .secure_random(seed.secure())
            .insecure_random(seed.insecure())
            .insecure_random_seed(seed.insecure_seed());
    } else if let Some(GuestRandom::Bytes(random)) = &services.random
        && !random.is_empty()
    {
        builder
            .secure_random(Deterministic::new(random.to_vec()))
            .insecure_random(Deterministic::new(random.to_vec()))
            .insecure_random_seed(random.iter().fold(0, |seed, byte| {
                seed.rotate_left(u8::BITS) ^ u128::from(*byte)
            }));
    }
    builder
        .envs(env)
        .stdout(LogStream {
            log: log.clone(),
            source: LogSource::Stdout,
        })
        .stderr(LogStream {
            log: log.clone(),
            source: LogSource::Stderr,
        })
        .max_random_size(RANDOM_BYTES)
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .build()
}

/// Stdout or stderr of a guest, as lines of the attempt's log.
#[derive(Clone)]
struct LogStream {
    log: LogWriter,
    source: LogSource,
}

impl IsTerminal for LogStream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LogStream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for LogStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.log.lock().write(self.source, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BYTES)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for LogStream {
    async fn ready(&mut self) {}
}
