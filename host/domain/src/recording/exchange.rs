//! Requests of an attempt, and what came back.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

/// A request as the handler made it, with placeholders in the place of secrets, and what it got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedExchange {
    pub method: String,
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: RecordedBody,
    pub answer: RecordedAnswer,
    /// From the request to the head of the response, or the failure, in milliseconds.
    pub took_ms: u64,
}

/// What a request got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedAnswer {
    /// Nothing, until the attempt ended.
    Nothing,
    Response(RecordedResponse),
    Failure {
        /// As the log has it.
        reason: String,
        fault: RecordedFault,
        /// The host did not send it: it was not permitted.
        is_refusal: bool,
    },
}

/// The head of a response, and what of its body was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: RecordedBody,
    /// The lengths, in bytes, of the pieces in which the body came.
    pub pieces: Vec<usize>,
    pub end: BodyEnd,
}

/// How the body of a response ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyEnd {
    /// It did not, as far as it was read.
    Open,
    Whole,
    Failed(RecordedFault),
}

/// What a guest learns of a request that got no response, or no whole one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedFault {
    ConnectionRefused,
    ConnectionTimeout,
    ResponseTimeout,
    ResponseIncomplete,
    RequestTooLarge,
    ResponseTooLarge,
    Denied,
    InvalidUrl,
    Configuration,
    Internal(String),
}

/// Bytes: as text where they are one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedBody {
    Text(String),
    Base64(String),
}

impl RecordedExchange {
    /// About how many bytes it has.
    pub fn bytes(&self) -> usize {
        let answer = match &self.answer {
            RecordedAnswer::Response(response) => response.body.len(),
            RecordedAnswer::Nothing | RecordedAnswer::Failure { .. } => 0,
        };
        self.url.len() + self.body.len() + answer
    }
}

impl RecordedBody {
    fn len(&self) -> usize {
        match self {
            Self::Text(text) | Self::Base64(text) => text.len(),
        }
    }

    pub fn of(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Base64(BASE64.encode(error.as_bytes())),
        }
    }

    /// The bytes; none where the base64 is damaged.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Base64(text) => BASE64.decode(text.as_bytes()).unwrap_or_default(),
        }
    }
}

impl Default for RecordedBody {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl RecordedResponse {
    /// The pieces of the body, in which it came; what the lengths do not cover is the last.
    pub fn split(&self) -> Vec<Vec<u8>> {
        let bytes = self.body.bytes();
        let mut rest = bytes.as_slice();
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for length in &self.pieces {
            let (piece, after) = rest.split_at((*length).min(rest.len()));
            pieces.push(piece.to_vec());
            rest = after;
        }
        if !rest.is_empty() {
            match pieces.last_mut() {
                Some(last) => last.extend_from_slice(rest),
                None => pieces.push(rest.to_vec()),
            }
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_kept_whatever_they_are() {
        for bytes in [b"text".to_vec(), vec![0xff, 0, 1], Vec::new()] {
            assert_eq!(RecordedBody::of(bytes.clone()).bytes(), bytes);
        }
    }

    #[test]
    fn a_body_comes_in_its_pieces_and_nothing_of_it_is_lost() {
        let response = |pieces: &[usize]| RecordedResponse {
            status: 200,
            headers: Vec::new(),
            body: RecordedBody::of(b"abcdef".to_vec()),
            pieces: pieces.to_vec(),
            end: BodyEnd::Whole,
        };
        let split = |pieces: &[usize]| {
            let pieces = response(pieces).split().into_iter();
            pieces
                .map(|piece| String::from_utf8(piece).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(split(&[2, 4]), ["ab", "cdef"]);
        assert_eq!(split(&[2]), ["abcdef"]);
        assert_eq!(split(&[4, 9, 1]), ["abcd", "ef", ""]);
        assert_eq!(split(&[]), ["abcdef"]);
    }
}
