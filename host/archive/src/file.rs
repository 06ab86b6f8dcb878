//! A file that is being written.

use super::lines::{Lines, Part};
use super::store::{Sink, Store};
use super::{ArchiveError, blocking};
use flate2::Compression;
use flate2::write::GzEncoder;

/// A file that is not there under its name yet; one that is dropped never is.
pub struct NewFile {
    place: String,
    lines: Lines<GzEncoder<Vec<u8>>>,
    sink: Sink,
}

impl NewFile {
    pub(super) async fn create(
        store: &Store,
        place: String,
        path: &str,
    ) -> Result<Self, ArchiveError> {
        let encoder = GzEncoder::new(Vec::new(), Compression::default());
        match store.create(path).await {
            Ok(sink) => Ok(Self {
                place,
                lines: Lines::new(encoder),
                sink,
            }),
            Err(error) => Err(ArchiveError::Write(place, error)),
        }
    }

    /// Adds parts of tasks. After an error the file is gone.
    pub async fn append(self, parts: Vec<Part>) -> Result<Self, ArchiveError> {
        let Self {
            place,
            mut lines,
            sink,
        } = self;
        let compressed = blocking(move || {
            for part in &parts {
                lines.add(part)?;
            }
            let bytes = std::mem::take(lines.to().get_mut());
            Ok((lines, bytes))
        });
        let write = async {
            let (lines, bytes) = compressed.await?;
            Ok((lines, sink.write(bytes).await?))
        };
        match write.await {
            Ok((lines, sink)) => Ok(Self { place, lines, sink }),
            Err(error) => Err(ArchiveError::Write(place, error)),
        }
    }

    /// Puts the file under its name. When it returns, a crash of this machine does not lose it.
    pub async fn finish(self) -> Result<(), ArchiveError> {
        let Self { place, lines, sink } = self;
        let write = async {
            let rest = blocking(move || lines.finish()?.finish()).await?;
            sink.write(rest).await?.finish().await
        };
        write
            .await
            .map_err(|error| ArchiveError::Write(place, error))
    }
}
