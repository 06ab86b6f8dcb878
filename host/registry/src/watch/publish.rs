//! From a file to a published version.

use super::folder::{FileKind, WatchedFile};
use crate::publish_component::Published;
use crate::publish_template::Missing;
use crate::{Registry, RegistryError};
use rustix::fs::OFlags;
use std::io;
use std::path::Path;
use tasker_domain::actor::Actor;
use tasker_domain::bounds::MAX_COMPONENT_BYTES;
use tasker_domain::byte_order_mark::strip_mark;
use tasker_domain::component_file::{ComponentFile, ComponentFileError};
use tasker_domain::digest::Digest;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::followed::LinkError;
use tasker_domain::name::{Name, NameError};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::signature::{Signature, SignatureError};
use tasker_domain::template::{MAX_SOURCE_BYTES, Template};
use tokio::io::AsyncReadExt as _;

/// The longest file of signatures, in bytes.
const MAX_SIGNATURES_BYTES: usize = 16 << 10;

/// Why a file is not published.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("the folder is not a namespace: {0}")]
    Namespace(#[from] NameError),
    #[error(transparent)]
    Name(#[from] ComponentFileError),
    #[error("it cannot be read: {0}")]
    Read(#[from] io::Error),
    #[error("it has more than {0} bytes")]
    TooLarge(usize),
    #[error("it is not UTF-8 text")]
    NotText,
    #[error("the signatures beside it: {0}")]
    Signatures(#[from] SignatureError),
    #[error("{}", ErrorChain(.0))]
    Registry(#[from] RegistryError),
}

impl FileError {
    /// True for a template whose components may come yet.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Registry(RegistryError::CannotRun(_)))
    }

    /// True if nothing is wrong with the file, as far as is known.
    pub fn is_internal(&self) -> bool {
        match self {
            Self::Registry(error) => error.is_internal(),
            Self::Read(_) => true,
            Self::Namespace(_)
            | Self::Name(_)
            | Self::TooLarge(_)
            | Self::NotText
            | Self::Signatures(_) => false,
        }
    }
}

impl Registry {
    /// What was published; `None` if it was there already.
    pub(super) async fn publish_file(
        &self,
        file: &WatchedFile,
    ) -> Result<Option<String>, FileError> {
        let namespace: Name = file.namespace.parse()?;
        match file.content {
            FileKind::Component => self.publish_component_file(namespace, file).await,
            FileKind::Template => self.publish_template_file(namespace, &file.real).await,
            FileKind::Rules => {
                tracing::info!(
                    file = %file.path.display(),
                    "left alone: `tasker sync` applies pins, grants and limits"
                );
                Ok(None)
            }
        }
    }

    async fn publish_component_file(
        &self,
        namespace: Name,
        file: &WatchedFile,
    ) -> Result<Option<String>, FileError> {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let ComponentFile { name, version } = ComponentFile::parse(&name)?;
        let bytes = read(&file.real, MAX_COMPONENT_BYTES).await?;
        let signatures = match &file.signatures {
            Some(path) => signatures_in(path).await?,
            None => Vec::new(),
        };
        let (target, actor) = (QualifiedName { namespace, name }, Actor::host());
        self.keep_signatures(Digest::of(&bytes), &signatures, &actor)
            .await?;
        let published = self.publish_component(&target, &version, bytes.into(), &actor);
        let (_, published) = published.await?;
        Ok((published == Published::Created).then(|| format!("component {target}@{version}")))
    }

    async fn publish_template_file(
        &self,
        namespace: Name,
        path: &Path,
    ) -> Result<Option<String>, FileError> {
        let source = read(path, MAX_SOURCE_BYTES).await?;
        let mut source = String::from_utf8(source).map_err(|_| FileError::NotText)?;
        strip_mark(&mut source);
        let is = Template::parse(&source).map_err(RegistryError::from)?;
        let (name, version) = (is.name, is.version);
        let target = QualifiedName { namespace, name };
        let published = self
            .publish_template(&target, &version, &source, Missing::Refused, &Actor::host())
            .await?;
        let created = published.created;
        Ok(created.then(|| format!("template {target}@{version}")))
    }
}

async fn signatures_in(path: &Path) -> Result<Vec<Signature>, FileError> {
    let text = read(path, MAX_SIGNATURES_BYTES).await?;
    let text = String::from_utf8(text).map_err(|_| FileError::NotText)?;
    Ok(Signature::parse_lines(&text)?)
}

/// Reads what a look through the folder found. It may be something else by now: what would have to be
/// waited for, and a link, are not read.
async fn read(path: &Path, max_bytes: usize) -> Result<Vec<u8>, FileError> {
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let mut options = tokio::fs::OpenOptions::new();
    options.read(true).custom_flags(flags.bits().cast_signed());
    let file = options.open(path).await?;
    if !file.metadata().await?.is_file() {
        return Err(io::Error::other(LinkError::NoFile).into());
    }
    let mut bytes = Vec::new();
    file.take(max_bytes as u64 + 1)
        .read_to_end(&mut bytes)
        .await?;
    match bytes.len() > max_bytes {
        true => Err(FileError::TooLarge(max_bytes)),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::super::folder::make_pipe;
    use super::*;

    #[tokio::test]
    async fn what_is_no_file_any_more_is_neither_waited_for_nor_followed() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::write(path("file"), "text").unwrap();
        make_pipe(&path("pipe"));
        std::os::unix::fs::symlink("file", path("link")).unwrap();
        assert_eq!(read(&path("file"), 4).await.unwrap(), b"text");
        assert!(matches!(
            read(&path("file"), 3).await,
            Err(FileError::TooLarge(3))
        ));
        for name in ["pipe", "link", "none"] {
            let error = read(&path(name), 4).await.unwrap_err();
            assert!(error.is_internal(), "{name}: {error}");
        }
    }
}
