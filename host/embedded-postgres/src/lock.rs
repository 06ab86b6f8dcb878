use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::error::{EmbeddedError, io_error};

const FILE: &str = "postgres.lock";

/// How long a lock that is held is tried again: what a killed process held is free within moments.
const PATIENCE: Duration = Duration::from_secs(5);
const RETRY_EVERY: Duration = Duration::from_millis(50);

/// Takes the data directory for this process. It is free again when the returned file is closed,
/// which the kernel does for a process that is killed. Blocks for up to five seconds.
pub(super) fn take(data_dir: &Path) -> Result<File, EmbeddedError> {
    let path = data_dir.join(FILE);
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(io_error("cannot open", &path))?;
    let give_up = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if Instant::now() < give_up => thread::sleep(RETRY_EVERY),
            Err(TryLockError::WouldBlock) => return Err(in_use(data_dir, &mut file)),
            Err(TryLockError::Error(error)) => return Err(io_error("cannot lock", path)(error)),
        }
    }
    sign(&mut file).map_err(io_error("cannot write", path))?;
    Ok(file)
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn in_use(data_dir: &Path, file: &mut File) -> EmbeddedError {
    let mut holder = String::new();
    let signed = file.read_to_string(&mut holder).is_ok();
    EmbeddedError::InUse {
        data_dir: data_dir.to_owned(),
        holder: match holder.trim() {
            pid if signed && !pid.is_empty() => format!(" (process {pid})"),
            _ => String::new(),
        },
    }
}
