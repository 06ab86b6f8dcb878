//! The directory of compiled code as a whole: which component is linked with which library.

use crate::linked::MAX_LIBRARIES;
use std::collections::{HashMap, HashSet};
use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tasker_domain::digest::Digest;

/// Bytes of the key of the cache, and of the MAC at the beginning of a file.
pub(super) const KEY_BYTES: usize = 32;
/// What files are named behind the engine.
pub(super) const COMPONENT_FILE: &str = "cwasm";
pub(super) const LIBRARY_FILE: &str = "library";
/// How long the file of a library stays that no component names: one that does may be written just now.
const LIBRARY_GRACE: Duration = Duration::from_secs(60);
/// What files are named while they are written.
pub(super) const UNFINISHED_FILE: &str = "part";
/// How long a file that is written stays: a host that still lives writes one in seconds.
const UNFINISHED_GRACE: Duration = Duration::from_secs(3_600);
/// Bytes of a digest.
const DIGEST_BYTES: usize = 32;

/// Compiled code of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCode {
    pub digest: Digest,
    /// Of its file, and of the libraries that no component which was used later is linked with: what is free once this one and
    /// all that were used before it have gone.
    pub bytes: u64,
    /// When it was made, or read last.
    pub used_at: SystemTime,
    pub(super) path: PathBuf,
}

/// The files of one directory.
pub(super) struct Files {
    /// Those that were used last come last.
    components: Vec<(File, Vec<Digest>)>,
    libraries: HashMap<Name, File>,
    /// What a host that is gone began to write.
    abandoned: Vec<PathBuf>,
}

/// What a file is of, as its name says.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Name {
    digest: Digest,
    engine: String,
}

pub(super) struct File {
    name: Name,
    bytes: u64,
    used_at: SystemTime,
    path: PathBuf,
}

impl Files {
    /// Reads the directory. What vanishes meanwhile, or is no compiled code, is left out.
    ///
    /// # Errors
    /// Where the directory, or what a component is linked with, cannot be read.
    pub(super) fn read(dir: &Path) -> io::Result<Self> {
        let mut files = Self {
            components: Vec::new(),
            libraries: HashMap::new(),
            abandoned: Vec::new(),
        };
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            if is_abandoned(&entry) {
                files.abandoned.push(entry.path());
            } else if let Some((file, kind)) = File::of(&entry) {
                files.add(file, &kind)?;
            }
        }
        files.components.sort_by_key(|(file, _)| file.used_at);
        Ok(files)
    }

    fn add(&mut self, file: File, kind: &str) -> io::Result<()> {
        match kind {
            LIBRARY_FILE => {
                self.libraries.insert(file.name.clone(), file);
            }
            COMPONENT_FILE => match libraries_in(&file.path) {
                Ok(libraries) => self.components.push((file, libraries)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            },
            _ => {}
        }
        Ok(())
    }

    /// The components; those that were used last come last.
    pub(super) fn kept(self) -> Vec<KeptCode> {
        let mut counted = HashSet::new();
        let kept = |(file, libraries): &(File, Vec<Digest>)| KeptCode {
            digest: file.name.digest,
            bytes: file.bytes + self.bytes_of(file.linked(libraries), &mut counted),
            used_at: file.used_at,
            path: file.path.clone(),
        };
        let mut kept: Vec<_> = self.components.iter().rev().map(kept).collect();
        kept.reverse();
        kept
    }

    /// Bytes of those of these libraries that are not counted yet.
    fn bytes_of(&self, libraries: impl Iterator<Item = Name>, counted: &mut HashSet<Name>) -> u64 {
        let new = libraries.filter(|name| counted.insert(name.clone()));
        new.filter_map(|name| Some(self.libraries.get(&name)?.bytes))
            .sum()
    }

    /// The files that nothing needs: those that were never finished, and the libraries that no component is linked with.
    pub(super) fn unneeded(self) -> impl Iterator<Item = PathBuf> {
        let named: HashSet<Name> = self.named().collect();
        let unnamed = self.libraries.into_values().filter(move |library| {
            let is_young = library.used_at.elapsed().is_ok_and(|it| it < LIBRARY_GRACE);
            !is_young && !named.contains(&library.name)
        });
        unnamed.map(|library| library.path).chain(self.abandoned)
    }

    /// Those of these libraries that no component of this engine is linked with.
    pub(super) fn unnamed_of(
        &self,
        libraries: &[Digest],
        engine: &str,
    ) -> impl Iterator<Item = Digest> {
        let named: HashSet<Name> = self.named().collect();
        let is_named = move |digest: &Digest| {
            let (digest, engine) = (*digest, engine.to_owned());
            named.contains(&Name { digest, engine })
        };
        let unnamed = libraries.iter().copied();
        unnamed.filter(move |digest| !is_named(digest))
    }

    /// The libraries that components are linked with.
    fn named(&self) -> impl Iterator<Item = Name> {
        let components = self.components.iter();
        components.flat_map(|(file, libraries)| file.linked(libraries))
    }
}

/// True for what a host began to write so long ago that it does no more.
fn is_abandoned(entry: &DirEntry) -> bool {
    let is_unfinished = Path::new(&entry.file_name())
        .extension()
        .is_some_and(|it| it == UNFINISHED_FILE);
    let written_at = || entry.metadata().and_then(|it| it.modified()).ok();
    let age = || written_at().and_then(|it| it.elapsed().ok());
    is_unfinished && age().is_some_and(|it| it > UNFINISHED_GRACE)
}

impl File {
    /// None for a file of another kind.
    fn of(entry: &DirEntry) -> Option<(Self, String)> {
        let name = entry.file_name();
        let (name, kind) = name.to_str()?.rsplit_once('.')?;
        let (digest, engine) = name.split_once('-')?;
        let metadata = entry.metadata().ok()?;
        let file = Self {
            name: Name {
                digest: digest.parse().ok()?,
                engine: engine.to_owned(),
            },
            bytes: metadata.len(),
            used_at: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            path: entry.path(),
        };
        Some((file, kind.to_owned()))
    }

    /// The names of the libraries: of the same engine.
    fn linked(&self, libraries: &[Digest]) -> impl Iterator<Item = Name> {
        libraries.iter().map(|digest| Name {
            digest: *digest,
            engine: self.name.engine.clone(),
        })
    }
}

/// What stands before the code of a component: how many libraries it is linked with, and which.
pub(super) fn name_libraries(libraries: &[Digest]) -> Vec<u8> {
    let count = u8::try_from(libraries.len()).expect("there are few libraries");
    let digests = libraries
        .iter()
        .flat_map(|it| it.as_bytes().iter().copied());
    std::iter::once(count).chain(digests).collect()
}

/// The libraries, and the code behind their names.
pub(super) fn split_libraries(named: &[u8]) -> Option<(Vec<Digest>, &[u8])> {
    let (count, rest) = named.split_first()?;
    let (digests, code) = rest.split_at_checked(usize::from(*count) * DIGEST_BYTES)?;
    let digests = digests.chunks(DIGEST_BYTES).map(Digest::try_from);
    Some((digests.collect::<Result<_, _>>().ok()?, code))
}

/// The libraries in the head of a component's file; none where it is damaged. Whoever reads the code checks its MAC.
pub(super) fn libraries_in(path: &Path) -> io::Result<Vec<Digest>> {
    let most = KEY_BYTES + 1 + MAX_LIBRARIES * DIGEST_BYTES;
    let mut head = Vec::new();
    fs::File::open(path)?
        .take(most as u64)
        .read_to_end(&mut head)?;
    let named = head.get(KEY_BYTES..).and_then(split_libraries);
    Ok(named.map_or_else(Vec::new, |(libraries, _)| libraries))
}
