//! Compiled code in files: a MAC, then what the engine wrote.
//!
//! That of a component is in `<digest>-<engine>.cwasm`, behind the digests of the libraries that it is linked with; that of a
//! library is in `<digest>-<engine>.library`.
//!
//! To load compiled code is to run it, so nothing is loaded that was not written with the key of
//! this directory. A file that isn't right is as good as none.

use super::files::{
    COMPONENT_FILE, Files, KEY_BYTES, KeptCode, LIBRARY_FILE, UNFINISHED_FILE, libraries_in,
    name_libraries, split_libraries,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fs::{self, DirBuilder, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;
use tasker_domain::digest::Digest;
use wasmtime::component::Component;
use wasmtime::{Engine, Module, Result};

const KEY_FILE: &str = "key";
/// Goes up whenever what is written before the code is read in another way.
const FORMAT: u32 = 2;

/// A component as it was kept: what it is linked with is kept apart.
pub(super) struct Kept {
    pub(super) component: Component,
    pub(super) libraries: Vec<Digest>,
}

pub(super) struct DiskCache {
    dir: PathBuf,
    key: [u8; KEY_BYTES],
    /// Tells engines apart whose compiled code does not fit each other.
    engine: String,
    /// What was compiled last could not be written.
    is_failing: AtomicBool,
}

/// A library that a component is linked with.
pub(super) struct Linked<'a> {
    pub(super) digest: Digest,
    pub(super) module: Arc<Module>,
    /// What the compiler made of it just now; none if it was found.
    pub(super) code: Option<&'a [u8]>,
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
        FORMAT.hash(&mut hasher);
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Ok(Self {
            dir: dir.to_owned(),
            key,
            engine: format!("{:016x}", hasher.finish()),
            is_failing: AtomicBool::new(false),
        })
    }

    /// The compiled component, if a file with the right MAC exists.
    pub(super) fn component(&self, engine: &Engine, digest: Digest) -> Option<Kept> {
        let path = self.path(digest, COMPONENT_FILE);
        let file = self.read(&path, digest, COMPONENT_FILE)?;
        let (libraries, code) = split_libraries(&file[KEY_BYTES..])?;
        let component = usable(load_component(engine, code), &path)?;
        Some(Kept {
            component,
            libraries,
        })
    }

    /// The same of a library.
    pub(super) fn library(&self, engine: &Engine, digest: Digest) -> Option<Module> {
        let path = self.path(digest, LIBRARY_FILE);
        let file = self.read(&path, digest, LIBRARY_FILE)?;
        usable(load_library(engine, &file[KEY_BYTES..]), &path)
    }

    /// A file with the right MAC, which is at its beginning.
    fn read(&self, path: &Path, digest: Digest, kind: &str) -> Option<Vec<u8>> {
        let file = fs::read(path).ok()?;
        mark_used(path);
        let (mac, code) = file.split_at_checked(KEY_BYTES)?;
        if self.mac(digest, kind, &[code]).verify_slice(mac).is_err() {
            tracing::warn!(path = %path.display(), "compiled code has a wrong MAC and is compiled again: it is damaged, or someone else wrote it");
            return None;
        }
        Some(file)
    }

    /// Writes what the compiler made of the component with this digest, after what it is linked with. Where that fails, it is
    /// compiled again next time.
    pub(super) fn keep(&self, digest: Digest, libraries: &[Linked<'_>], code: &[u8]) {
        let kept = self.try_keep(digest, libraries, code);
        self.is_failing.store(kept.is_err(), Ordering::Relaxed);
        if let Err(error) = kept {
            tracing::warn!(dir = %self.dir.display(), %error, "compiled code could not be stored");
        }
    }

    fn try_keep(&self, digest: Digest, libraries: &[Linked<'_>], code: &[u8]) -> io::Result<()> {
        for library in libraries {
            match library.code {
                Some(code) => self.write(library.digest, LIBRARY_FILE, &[code])?,
                None => self.keep_found(library)?,
            }
        }
        let digests: Vec<Digest> = libraries.iter().map(|it| it.digest).collect();
        self.write(digest, COMPONENT_FILE, &[&name_libraries(&digests), code])
    }

    /// A library that was found may be in memory only, since its file goes with the last component that names it. One whose file
    /// is there stays from now on for long enough to be named.
    fn keep_found(&self, library: &Linked<'_>) -> io::Result<()> {
        if mark_used(&self.path(library.digest, LIBRARY_FILE)) {
            return Ok(());
        }
        let code = library.module.serialize().map_err(io::Error::other)?;
        self.write(library.digest, LIBRARY_FILE, &[&code])
    }

    fn write(&self, digest: Digest, kind: &str, parts: &[&[u8]]) -> io::Result<()> {
        let mac = self.mac(digest, kind, parts).finalize().into_bytes();
        write_atomic(&self.path(digest, kind), &[&[&mac[..]], parts].concat())
    }

    /// Removes what is kept of the component with this digest, if anything is, with the libraries that no other one names.
    pub(super) fn forget(&self, digest: Digest) {
        let path = self.path(digest, COMPONENT_FILE);
        let named = libraries_in(&path).unwrap_or_default();
        remove(&path);
        if named.is_empty() {
            return;
        }
        match Files::read(&self.dir) {
            Ok(files) => {
                let unnamed = files.unnamed_of(&named, &self.engine);
                unnamed.for_each(|it| remove(&self.path(it, LIBRARY_FILE)));
            }
            Err(error) => {
                tracing::warn!(dir = %self.dir.display(), %error, "compiled code of libraries cannot be listed");
            }
        }
    }

    /// The code of all components in the directory, whichever engine made it.
    pub(super) fn list(&self) -> io::Result<Vec<KeptCode>> {
        Ok(Files::read(&self.dir)?.kept())
    }

    /// Removes the libraries that no component is linked with any more, and what was never finished.
    pub(super) fn remove_unneeded(&self) -> io::Result<()> {
        for path in Files::read(&self.dir)?.unneeded() {
            remove(&path);
        }
        Ok(())
    }

    /// Whether what was compiled last was written.
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
        remove(&code.path);
    }

    fn path(&self, digest: Digest, kind: &str) -> PathBuf {
        self.dir.join(format!("{digest}-{}.{kind}", self.engine))
    }

    /// Over the name as well, so that one component's code is never taken for another's, nor for a library's.
    fn mac(&self, digest: Digest, kind: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(digest.as_bytes());
        mac.update(self.engine.as_bytes());
        mac.update(kind.as_bytes());
        for part in parts {
            mac.update(part);
        }
        mac
    }
}

#[expect(
    unsafe_code,
    reason = "the engine cannot check compiled code; the MAC does, or it comes from the compiler alone"
)]
pub(super) fn load_component(engine: &Engine, code: &[u8]) -> Result<Component> {
    // SAFETY: this is what the compiler answered, in this process, over a pipe that nobody else holds, or in a file whose
    // MAC shows that this cache wrote it; and the engine refuses what was made with other settings or for another.
    unsafe { Component::deserialize(engine, code) }
}

#[expect(unsafe_code, reason = "as for components")]
pub(super) fn load_library(engine: &Engine, code: &[u8]) -> Result<Module> {
    // SAFETY: as for components.
    unsafe { Module::deserialize(engine, code) }
}

/// None, and a warning, where the engine does not take what was in the file.
fn usable<T>(loaded: Result<T>, path: &Path) -> Option<T> {
    loaded.inspect_err(|error| tracing::warn!(path = %path.display(), %error, "compiled code is not usable and is compiled again")).ok()
}

/// Removes a file that may have gone.
fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %error, "compiled code that is not needed stays");
        }
        Ok(()) | Err(_) => {}
    }
}

/// What was read last is removed last. Where the time cannot be set, that of its making counts. False if there is no such file.
fn mark_used(path: &Path) -> bool {
    let file = fs::File::open(path);
    if let Ok(file) = &file {
        file.set_modified(SystemTime::now()).ok();
    }
    file.is_ok()
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
    let temporary = write_temporary(&dir.join(KEY_FILE), &[&key])?;
    // Nothing of the directory can be read without it.
    let linked = fs::File::open(&temporary)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::hard_link(&temporary, dir.join(KEY_FILE)));
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => read_key(dir),
    }
}

/// Readers see the whole file or none.
fn write_atomic(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let temporary = write_temporary(path, parts)?;
    fs::rename(&temporary, path).inspect_err(|_| remove(&temporary))
}

/// A new file beside this one, with these parts. Nothing stays where it cannot be written.
fn write_temporary(path: &Path, parts: &[&[u8]]) -> io::Result<PathBuf> {
    let temporary = path.with_extension(format!("{}.{UNFINISHED_FILE}", uuid::Uuid::new_v4()));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    let written = parts.iter().try_for_each(|part| file.write_all(part));
    written.inspect_err(|_| remove(&temporary))?;
    Ok(temporary)
}
