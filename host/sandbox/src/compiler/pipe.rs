//! What a host and its compiler tell each other: byte strings, each behind its length, and in front of each source what it is.

use super::Source;
use bytes::Bytes;

const COMPONENT: u8 = 0;
const MODULE: u8 = 1;
/// Bytes of a length.
const LENGTH_BYTES: usize = size_of::<u64>();

/// What the compiler reads.
pub(super) fn question(sources: &[Source<'_>]) -> Vec<u8> {
    let mut question = Vec::new();
    for source in sources {
        let (kind, bytes) = match source {
            Source::Component(bytes) => (COMPONENT, bytes),
            Source::Module(bytes) => (MODULE, bytes),
        };
        question.push(kind);
        push(bytes, &mut question);
    }
    question
}

/// What it was asked; none if that is cut off.
pub(super) fn asked(mut question: &[u8]) -> Option<Vec<Source<'_>>> {
    let mut sources = Vec::new();
    while let Some((kind, rest)) = question.split_first() {
        let (bytes, rest) = next(rest)?;
        sources.push(match *kind {
            COMPONENT => Source::Component(bytes),
            MODULE => Source::Module(bytes),
            _ => return None,
        });
        question = rest;
    }
    Some(sources)
}

/// What the compiler writes: the code of each source.
pub(super) fn answer(codes: &[Bytes]) -> Vec<u8> {
    let mut answer = Vec::new();
    for code in codes {
        push(code, &mut answer);
    }
    answer
}

/// The code of so many sources, where the answer has it; none if that is another one.
pub(super) fn answered(answer: &Bytes, count: usize) -> Option<Vec<Bytes>> {
    let mut codes = Vec::new();
    let mut left = &answer[..];
    while !left.is_empty() {
        let (code, rest) = next(left)?;
        codes.push(answer.slice_ref(code));
        left = rest;
    }
    (codes.len() == count).then_some(codes)
}

fn push(bytes: &[u8], to: &mut Vec<u8>) {
    to.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    to.extend_from_slice(bytes);
}

fn next(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_codes_arrive_as_they_were_sent() {
        let sources = [Source::Component(b"component"), Source::Module(b"")];
        assert_eq!(asked(&question(&sources)).unwrap(), sources);
        let codes = [Bytes::from("code"), Bytes::new()];
        assert_eq!(answered(&answer(&codes).into(), 2).unwrap(), codes);
    }

    #[test]
    fn what_is_cut_off_is_no_answer() {
        let question = question(&[Source::Component(b"component")]);
        assert_eq!(asked(&question[..question.len() - 1]), None);
        let answer = Bytes::from(answer(&[Bytes::from("code")]));
        assert_eq!(answered(&answer, 2), None);
        assert_eq!(answered(&answer.slice(..answer.len() - 1), 1), None);
    }
}
