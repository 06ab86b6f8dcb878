//! Compiled code in files, `<digest>-<engine>.cwasm`: a MAC, then what the engine wrote.
//!
//! To load compiled code is to run it, so nothing is loaded that was not written with the key of
//! this directory. A file that isn't right is as good as none.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fs::{self, DirBuilder, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;
use tasker_domain::digest::Digest;
use wasmtime::component::Component;
use wasmtime::{Engine, Result};

/// Bytes of the key and of a MAC.
const KEY_BYTES: usize = 32;
const KEY_FILE: &str = "key";

/// A file of compiled code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCode {
    pub digest: Digest,
    pub bytes: u64,
    /// When it was made, or read last.
    pub used_at: SystemTime,
    path: PathBuf,
}

pub(super) struct DiskCache {
    dir: PathBuf,
    key: [u8; KEY_BYTES],
    /// Tells engines apart whose compiled code does not fit each other.
    engine: String,
    /// The last file could not be written.
    is_failing: AtomicBool,
}

impl DiskCache {
    /// Opens the directory, or makes it with a new key.
    pub(super) fn open(engine: &Engine, dir: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let key = read_key(dir).or_else(|error| match error.kind() {
            ErrorKind::NotFound => make_key(dir),
            _ => Err(error),
        })?;
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Ok(Self {
            dir: dir.to_owned(),
            key,
            engine: format!("{:016x}", hasher.finish()),
            is_failing: AtomicBool::new(false),
        })
    }

    /// The compiled component, if a file with the right MAC exists.
    #[expect(
        unsafe_code,
        reason = "the engine cannot check foreign compiled code; the MAC does"
    )]
    pub(super) fn read(&self, engine: &Engine, digest: Digest) -> Option<Component> {
        let path = self.path(digest);
        let file = fs::read(&path).ok()?;
        mark_used(&path);
        let (mac, code) = file.split_at_checked(KEY_BYTES)?;
        if self.mac(digest, code).verify_slice(mac).is_err() {
            tracing::warn!(path = %path.display(), "compiled code has a wrong MAC and is compiled again: it is damaged, or someone else wrote it");
            return None;
        }
        // SAFETY: the MAC shows that this code was written by `keep`, which had it from the compiler.
        let component = unsafe { Component::deserialize(engine, code) };
        component.inspect_err(|error| tracing::warn!(path = %path.display(), %error, "compiled code is not usable and is compiled again")).ok()
    }

    /// Loads what the compiler made of the component with this digest, and keeps it. Where that
    /// fails, it will be compiled again next time.
    #[expect(
        unsafe_code,
        reason = "the engine cannot check compiled code; it comes from the compiler alone"
    )]
    pub(super) fn keep(&self, engine: &Engine, digest: Digest, code: &[u8]) -> Result<Component> {
        // SAFETY: this is what the compiler answered, in this process or over a pipe that nobody
        // else holds, and the engine refuses what was made with other settings or for another.
        let component = unsafe { Component::deserialize(engine, code) }?;
        let mac = self.mac(digest, code).finalize().into_bytes();
        let written = write_atomic(&self.path(digest), &[&mac, code]);
        self.is_failing.store(written.is_err(), Ordering::Relaxed);
        if let Err(error) = written {
            tracing::warn!(dir = %self.dir.display(), %error, "compiled code could not be stored");
        }
        Ok(component)
    }

    /// Removes what is kept of this digest, if anything is.
    pub(super) fn forget(&self, digest: Digest) {
        let path = self.path(digest);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(path = %path.display(), %error, "compiled code of a refused component stays");
            }
            Ok(()) | Err(_) => {}
        }
    }

    /// All compiled code in the directory, whichever engine made it.
    pub(super) fn list(&self) -> io::Result<Vec<KeptCode>> {
        let mut kept = Vec::new();
        for file in fs::read_dir(&self.dir)? {
            let file = file?;
            if let Some(digest) = digest_of(&file.file_name().to_string_lossy())
                && let Ok(metadata) = file.metadata()
            {
                kept.push(KeptCode {
                    digest,
                    bytes: metadata.len(),
                    used_at: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                    path: file.path(),
                });
            }
        }
        Ok(kept)
    }

    /// Whether the last file was written.
    pub(super) fn is_written(&self) -> bool {
        !self.is_failing.load(Ordering::Relaxed)
    }

    /// Bytes that are free for the host where the directory is.
    pub(super) fn space(&self) -> io::Result<u64> {
        let found = rustix::fs::statvfs(&self.dir)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }

    /// Removes a file of the list.
    pub(super) fn remove(&self, code: &KeptCode) {
        match fs::remove_file(&code.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(path = %code.path.display(), %error, "compiled code that is not needed stays");
            }
            Ok(()) | Err(_) => {}
        }
    }

    fn path(&self, digest: Digest) -> PathBuf {
        self.dir.join(format!("{digest}-{}.cwasm", self.engine))
    }

    /// Over the name as well, so that one component's code is never taken for another's.
    fn mac(&self, digest: Digest, code: &[u8]) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.chain_update(digest.as_bytes())
            .chain_update(self.engine.as_bytes())
            .chain_update(code)
    }
}

/// The digest in the name of a file of compiled code; none for other files.
fn digest_of(name: &str) -> Option<Digest> {
    let (digest, _) = name.strip_suffix(".cwasm")?.split_once('-')?;
    digest.parse().ok()
}

/// What was read last is removed last. Where the time cannot be set, that of its making counts.
fn mark_used(path: &Path) {
    if let Ok(file) = fs::File::open(path) {
        file.set_modified(SystemTime::now()).ok();
    }
}

fn read_key(dir: &Path) -> io::Result<[u8; KEY_BYTES]> {
    let bytes = fs::read(dir.join(KEY_FILE))?;
    bytes.try_into().map_err(|_| {
        io::Error::new(
            ErrorKind::InvalidData,
            "its file `key` is damaged; delete the directory, all in it can be made again",
        )
    })
}

/// Makes the key, unless another process is quicker.
fn make_key(dir: &Path) -> io::Result<[u8; KEY_BYTES]> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let temporary = temporary(&dir.join(KEY_FILE));
    write_new(&temporary, &[&key])?;
    let linked = fs::hard_link(&temporary, dir.join(KEY_FILE));
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => read_key(dir),
    }
}

/// Readers see the whole file or none.
fn write_atomic(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let temporary = temporary(path);
    write_new(&temporary, parts)?;
    fs::rename(&temporary, path).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

fn temporary(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.part", uuid::Uuid::new_v4()))
}

fn write_new(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    parts.iter().try_for_each(|part| file.write_all(part))
}
