//! The threads that guests run on, apart from those of the host: guests that compute without end keep
//! neither a heartbeat nor a request waiting.

use std::io;
use tokio::runtime::{Builder, Handle, Runtime};

/// Checking the deepest result that is accepted against the most winding schema takes a half of it.
const THREAD_STACK_BYTES: usize = 4 << 20;
/// Tasks that a thread runs before it looks at sockets and timers again. Guests that compute take an
/// epoch each, so that with the runtime's own choice the others would wait for most of a second.
const EVENT_INTERVAL: u32 = 4;
/// How much nicer than the host the threads are: with all of them busy, the host's own and the database's
/// still get the processor when they need it.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// A runtime with a thread for each core.
pub(super) struct GuestThreads(Option<Runtime>);

impl GuestThreads {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .thread_name("guest")
            .thread_stack_size(THREAD_STACK_BYTES)
            .event_interval(EVENT_INTERVAL)
            .on_thread_start(giving_way())
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    pub(super) fn handle(&self) -> &Handle {
        let runtime = self.0.as_ref();
        runtime.expect("only dropping takes it").handle()
    }
}

/// May be dropped anywhere, also on one of its own threads.
impl Drop for GuestThreads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// What lowers the priority of a thread, measured from this one's. On Linux a priority belongs to a
/// thread; elsewhere it would be the whole process's.
#[cfg(target_os = "linux")]
fn giving_way() -> impl Fn() + Send + Sync + 'static {
    use rustix::process::{getpriority_process, setpriority_process};
    let own = getpriority_process(None).unwrap_or_default();
    move || {
        if let Err(error) = setpriority_process(None, own + NICENESS) {
            tracing::debug!(%error, "guests run at the priority of the host");
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn giving_way() -> impl Fn() + Send + Sync + 'static {
    || {}
}
