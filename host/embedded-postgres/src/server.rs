use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use tokio::sync::watch;

use super::account;
use super::cluster::Cluster;
use super::error::{EmbeddedError, io_error};
use super::log::Log;
use super::{orphan, socket};

/// How long to leave a server that ended by itself before starting it again. The first time is
/// short, so that a crash costs little; a server that cannot stay up is not tried in a tight loop.
const RESTART_PAUSE_FIRST: Duration = Duration::from_millis(100);
const RESTART_PAUSE_MOST: Duration = Duration::from_secs(5);

/// A server that ran this long was well: the next pause is the first again.
const STEADY_AFTER: Duration = Duration::from_secs(30);

/// The PostgreSQL process, kept up by a thread of its own until it is told to stop.
#[derive(Debug)]
pub(super) struct Server {
    state: Arc<State>,
    ended: watch::Receiver<bool>,
}

/// What the thread needs, by value.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) cluster: Cluster,
    pub(super) settings: Vec<String>,
    pub(super) socket_dir: PathBuf,
    pub(super) log: Log,
    /// Kept until the server has ended, so that no second process meets it alive.
    pub(super) _lock: File,
}

#[derive(Debug, Default)]
struct State {
    now: Mutex<Now>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Now {
    pid: Option<Pid>,
    stopping: bool,
    last_end: Option<String>,
}

impl Server {
    /// Starts the thread that starts PostgreSQL. Returns before the server takes connections.
    pub(super) fn launch(launch: Launch) -> Result<Self, EmbeddedError> {
        let state = Arc::new(State::default());
        let (tell_ended, ended) = watch::channel(false);
        let kept = Arc::clone(&state);
        let path = launch.cluster.path.clone();
        let _detached: JoinHandle<()> = thread::Builder::new()
            .name("postgres".into())
            .spawn(move || {
                keep_up(&launch, &kept);
                drop(launch);
                tell_ended.send_replace(true);
            })
            .map_err(io_error("cannot start a thread for the server of", path))?;
        Ok(Self { state, ended })
    }

    /// The process that serves now; `None` for the moments between a crash and the next start.
    pub(super) fn pid(&self) -> Option<u32> {
        self.state
            .lock()
            .pid
            .map(|pid| pid.as_raw_nonzero().get().unsigned_abs())
    }

    /// How the server last ended without being told to, if it did.
    pub(super) fn last_end(&self) -> Option<String> {
        self.state.lock().last_end.clone()
    }

    /// Has PostgreSQL end all sessions, write its checkpoint and stop (`SIGINT`), or stop at once
    /// and recover at its next start (`SIGQUIT`).
    pub(super) fn ask_to_stop(&self, signal: Signal) {
        let mut now = self.state.lock();
        now.stopping = true;
        self.state.changed.notify_all();
        if let Some(pid) = now.pid {
            // The lock is held, so the process is not yet reaped and the number is still its own.
            let _ = rustix::process::kill_process(pid, signal);
        }
    }

    /// Ends the server and all its processes as they are, also those that are stopped. What was
    /// committed is on disk; the next start recovers it.
    pub(super) fn kill(&self) {
        let mut now = self.state.lock();
        now.stopping = true;
        self.state.changed.notify_all();
        let Some(pid) = now.pid else { return };
        for child in children_of(pid) {
            let _ = rustix::process::kill_process(child, Signal::KILL);
        }
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }

    /// Waits until the server has ended and the data directory is free.
    pub(super) async fn ended(&self) {
        let mut ended = self.ended.clone();
        // An error means that the thread is gone, and with it the server.
        let _ = ended.wait_for(|ended| *ended).await;
    }
}

/// The processes that this one started, where the system tells.
fn children_of(pid: Pid) -> Vec<Pid> {
    let number = pid.as_raw_nonzero();
    let listed = std::fs::read_to_string(format!("/proc/{number}/task/{number}/children"));
    let listed = listed.unwrap_or_default();
    let numbers = listed.split_whitespace().filter_map(|it| it.parse().ok());
    numbers.filter_map(Pid::from_raw).collect()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ask_to_stop(Signal::INT);
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how the server ended; whether nobody had asked it to.
    fn ended_unasked(&self, end: &str) -> bool {
        let mut now = self.lock();
        if !now.stopping {
            now.last_end = Some(end.to_owned());
        }
        !now.stopping
    }

    /// Waits for `pause` or until the server shall stop; says whether it shall.
    fn stopping_within(&self, pause: Duration) -> bool {
        let now = self.lock();
        let (now, _) = self
            .changed
            .wait_timeout_while(now, pause, |now| !now.stopping)
            .unwrap_or_else(PoisonError::into_inner);
        now.stopping
    }
}

/// Runs the server again and again until it shall stop.
fn keep_up(launch: &Launch, state: &State) {
    let mut pause = RESTART_PAUSE_FIRST;
    loop {
        let started = Instant::now();
        let end = match run_once(launch, state) {
            Ok(None) => return,
            Ok(Some(status)) => status.to_string(),
            Err(error) => error.to_string(),
        };
        if state.ended_unasked(&end) {
            let log = launch.log.path().display();
            tracing::error!(%end, %log, "the private PostgreSQL ended; starting it again");
        }
        if started.elapsed() > STEADY_AFTER {
            pause = RESTART_PAUSE_FIRST;
        }
        if state.stopping_within(pause) {
            return;
        }
        pause = (pause * 2).min(RESTART_PAUSE_MOST);
    }
}

/// Runs one PostgreSQL to its end; `None` if it shall not run any more.
fn run_once(launch: &Launch, state: &State) -> io::Result<Option<ExitStatus>> {
    let mut child = {
        let mut now = state.lock();
        if now.stopping {
            return Ok(None);
        }
        forget_last_run(launch)?;
        let child = command(launch)?.spawn()?;
        now.pid = Some(Pid::from_child(&child));
        child
    };
    wait(&mut child, state).map(Some)
}

/// Process numbers that the last run left in files may belong to other programs by now.
fn forget_last_run(launch: &Launch) -> io::Result<()> {
    orphan::disown_pid_file(&launch.cluster.path).map_err(io::Error::other)?;
    socket::remove_stale(&launch.socket_dir);
    Ok(())
}

/// Waits first and reaps then, under the lock: nobody can signal a number that was given away.
fn wait(child: &mut Child, state: &State) -> io::Result<ExitStatus> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let pid = Pid::from_child(child);
    while let Err(error) = rustix::process::waitid(WaitId::Pid(pid), options) {
        if error != rustix::io::Errno::INTR {
            return Err(error.into());
        }
    }
    let mut now = state.lock();
    now.pid = None;
    child.wait()
}

fn command(launch: &Launch) -> io::Result<Command> {
    let Cluster {
        path,
        account,
        programs,
        hidden_variables,
    } = &launch.cluster;
    let log = launch.log.open()?;
    let mut command = account::command(
        &programs.program("postgres"),
        path,
        account.as_ref(),
        hidden_variables,
    );
    command
        .arg("-D")
        .arg(path)
        .args(launch.settings.iter().flat_map(|setting| ["-c", setting]))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        // Ctrl-C on the terminal goes to the program, which stops the server when it is done with it.
        .process_group(0);
    die_with_this_thread(&mut command);
    Ok(command)
}

/// Has the kernel send `SIGINT` to the server when the thread that spawned it ends, and so also
/// when the program is killed. It is the *thread* that counts, hence a thread of its own that lives
/// as long as the server. A change of account clears the wish; `pre_exec` runs after that change.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "the wish must be made in the child, between fork and exec"
)]
fn die_with_this_thread(command: &mut Command) {
    let parent = rustix::process::getpid();
    let make_wish = move || {
        rustix::process::set_parent_process_death_signal(Some(Signal::INT))?;
        // The parent may have died before the wish was made.
        match rustix::process::getppid() {
            Some(now) if now == parent => Ok(()),
            _ => Err(rustix::io::Errno::SRCH.into()),
        }
    };
    // SAFETY: between fork and exec only functions that are safe in a signal handler may run:
    // these are two system calls, which take no lock and allocate nothing.
    unsafe {
        command.pre_exec(make_wish);
    }
}

/// Elsewhere a killed program leaves the server behind, and the next start says how to stop it.
#[cfg(not(target_os = "linux"))]
fn die_with_this_thread(_: &mut Command) {}
