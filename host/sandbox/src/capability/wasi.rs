//! WASI 0.2: clocks, random numbers, stdout and stderr, and the environment that was granted; no files,
//! no sockets.

use crate::attempt_log::LogWriter;
use crate::log_line::LogSource;
use crate::state::AttemptState;
use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// The most random bytes that a guest may ask for in one call.
const RANDOM_BYTES: u64 = 1 << 20;
/// The most that a guest may write to stdout or stderr in one call, in bytes.
const WRITE_BYTES: usize = 64 << 10;

impl WasiView for AttemptState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (log, env) = (&self.log, &self.invocation.step.grants.env);
        let ctx = self.wasi.get_or_insert_with(|| Box::new(context(log, env)));
        WasiCtxView {
            ctx,
            table: &mut self.table,
        }
    }
}

fn context(log: &LogWriter, env: &[(String, String)]) -> WasiCtx {
    WasiCtx::builder()
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
