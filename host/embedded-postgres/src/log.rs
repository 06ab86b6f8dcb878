use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A log longer than this is set aside at the next start; one older log is kept.
const LONGEST_BYTES: u64 = 8 * 1024 * 1024;

/// How much of the end of the log an error shows.
const TAIL_BYTES: u64 = 4096;
const TAIL_LINES: usize = 12;

/// The file that the server's messages go to.
#[derive(Debug, Clone)]
pub(super) struct Log {
    path: PathBuf,
}

impl Log {
    pub(super) fn new(data_dir: &Path) -> Self {
        Self {
            path: data_dir.join("postgres.log"),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the log for one run of the server, and sets a long one aside first.
    pub(super) fn open(&self) -> io::Result<File> {
        if fs::metadata(&self.path).is_ok_and(|found| found.len() > LONGEST_BYTES) {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
        }
        File::options().create(true).append(true).open(&self.path)
    }

    /// The last lines, for an error message.
    pub(super) fn tail(&self) -> String {
        let text = self.last_bytes().unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }

    fn last_bytes(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_long_log_is_rotated_and_a_short_one_continued() {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::new(dir.path());
        writeln!(log.open().unwrap(), "first").unwrap();
        writeln!(log.open().unwrap(), "second").unwrap();
        assert_eq!(log.tail(), "first\nsecond");

        log.open().unwrap().set_len(LONGEST_BYTES + 1).unwrap();
        writeln!(log.open().unwrap(), "third").unwrap();
        assert_eq!(log.tail(), "third");
        assert!(dir.path().join("postgres.log.1").exists());
    }
}
