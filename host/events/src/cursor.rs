//! Positions in the feed, and the text by which readers go on from one.

use data_encoding::{BASE32HEX_NOPAD, Encoding};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;
use tasker_engine::log_position::LogPosition;

/// The form of the text; another one is refused.
const VERSION: u8 = 1;
/// Version, number, index.
const POSITION_BYTES: usize = 10;
const CHECKSUM_BYTES: usize = 4;
/// The index behind all events of a row.
const ALL_OF_ROW: u8 = u8::MAX;
/// Its order is that of the positions.
const ALPHABET: Encoding = BASE32HEX_NOPAD;

/// A place in the feed: behind this event of this row. Positions have the order of the events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The number of the row in log and audit.
    pub seq: i64,
    /// Which of the row's events.
    pub index: u8,
}

/// A text that is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    #[error(
        "this is not a cursor of the feed; pass one unchanged from `next` or `sequence`, or a time such as 2026-01-31T12:00:00Z"
    )]
    Form,
    #[error("this cursor has a form that this release does not know; begin anew, with a time")]
    Version,
    #[error(
        "this cursor is ahead of all events: it is of another database, or of this one before a restore; begin anew, with a time"
    )]
    Ahead,
}

impl Position {
    /// Behind all events of the rows up to this one.
    pub fn behind(row: LogPosition) -> Self {
        Self {
            seq: row.0,
            index: ALL_OF_ROW,
        }
    }

    /// The last row of which no event is left. A row of which some may be left is read again.
    pub(crate) fn row(self) -> LogPosition {
        match self.index {
            ALL_OF_ROW => LogPosition(self.seq),
            _ => LogPosition(self.seq.saturating_sub(1)),
        }
    }

    fn bytes(self) -> [u8; POSITION_BYTES] {
        let mut bytes = [VERSION; POSITION_BYTES];
        bytes[1..9].copy_from_slice(&self.seq.to_be_bytes());
        bytes[9] = self.index;
        bytes
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest = Sha256::new()
        .chain_update("position in the feed")
        .chain_update(bytes)
        .finalize();
    let mut sum = [0; CHECKSUM_BYTES];
    sum.copy_from_slice(&digest[..CHECKSUM_BYTES]);
    sum
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.bytes();
        let bytes = [&position[..], &checksum(&position)].concat();
        f.write_str(&ALPHABET.encode(&bytes).to_ascii_lowercase())
    }
}

impl FromStr for Position {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let text = text.to_ascii_uppercase();
        let bytes = ALPHABET.decode(text.as_bytes());
        let bytes = bytes.map_err(|_| CursorError::Form)?;
        let (position, sum) = bytes
            .split_last_chunk::<CHECKSUM_BYTES>()
            .ok_or(CursorError::Form)?;
        if *sum != checksum(position) {
            return Err(CursorError::Form);
        }
        match position {
            [VERSION, seq @ .., index] => {
                let seq: [u8; 8] = seq.try_into().map_err(|_| CursorError::Version)?;
                let seq = i64::from_be_bytes(seq);
                let index = *index;
                Ok(Self { seq, index })
            }
            _ => Err(CursorError::Version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seq: i64, index: u8) -> Position {
        Position { seq, index }
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_has_the_order_of_the_events() {
        let positions = [at(0, 0), at(1, 0), at(1, 1), at(1, 255), at(256, 0)];
        let texts = positions.map(|position| position.to_string());
        assert!(texts.is_sorted(), "{texts:?}");
        for (position, text) in positions.into_iter().zip(&texts) {
            assert_eq!(text.parse(), Ok(position));
        }
    }

    #[test]
    fn a_changed_cursor_is_refused() {
        let text = at(7, 1).to_string();
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(changed.parse::<Position>(), Err(CursorError::Form));
        }
        for wrong in ["", "7", "x y", &text[2..]] {
            assert_eq!(wrong.parse::<Position>(), Err(CursorError::Form));
        }
        let mut later = at(7, 1).bytes();
        later[0] = 2;
        let later = ALPHABET.encode(&[&later[..], &checksum(&later)].concat());
        assert_eq!(later.parse::<Position>(), Err(CursorError::Version));
    }
}
