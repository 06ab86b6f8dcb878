//! The guests of `tests/guests`, compiled when the first test asks.

use crate::harness::build_guests;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// One handler for each misbehaviour, with a descriptor.
pub fn misbehaving() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| read("misbehaving"));
    &BYTES
}

/// The same component, but for what it says that it wants.
pub fn wanting(capabilities: &[&str]) -> Vec<u8> {
    // What is not read ends the descriptor, and is as good as blanks.
    const STOOD: &str = "\"capabilities\": [\"http\"],\n    \"from_a_later_version\": true";
    let stands = format!("\"capabilities\":{}", serde_json::json!(capabilities));
    let stands = format!("{stands:width$}", width = STOOD.len());
    assert_eq!(stands.len(), STOOD.len(), "there is no room for {stands}");
    let mut bytes = misbehaving().to_vec();
    let at = bytes
        .windows(STOOD.len())
        .position(|window| window == STOOD.as_bytes())
        .expect("the descriptor is a text of the component");
    bytes[at..at + STOOD.len()].copy_from_slice(stands.as_bytes());
    bytes
}

/// A handler that returns its input, without a descriptor.
pub fn undescribed() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| read("undescribed"));
    &BYTES
}

/// Handlers that use secrets.
pub fn confidant() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| read("confidant"));
    &BYTES
}

/// A handler that returns its input, with this descriptor.
pub fn described(descriptor: &serde_json::Value) -> Vec<u8> {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| read("described"));
    const EMPTY: &[u8] = br#"{"handlers":[]}  "#;
    let mut bytes = BYTES.clone();
    let at = bytes.windows(EMPTY.len()).position(|it| it == EMPTY);
    let room = &mut bytes[at.expect("it holds an empty descriptor")..];
    let text = descriptor.to_string().into_bytes();
    let room = &mut room[..text.len().max(EMPTY.len())];
    assert!(
        room[EMPTY.len()..].iter().all(|byte| *byte == b' '),
        "too long"
    );
    room.fill(b' ');
    room[..text.len()].copy_from_slice(&text);
    bytes
}

/// Subscribers that count, fail, trap and never end.
pub fn subscribing() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| read("subscribing"));
    &BYTES
}

/// The same, which count under another label: `label-one` is theirs.
pub fn subscribing_as(label: &str) -> Vec<u8> {
    const LABEL: &[u8] = b"label-one";
    let mut bytes = subscribing().to_vec();
    let at = bytes.windows(LABEL.len()).position(|it| it == LABEL);
    let at = at.expect("the label is a text of the component");
    bytes[at..at + LABEL.len()].copy_from_slice(label.as_bytes());
    bytes
}

/// The component with a note in a section of its own: the same code, other bytes.
pub fn noted(component: &[u8], note: &str) -> Vec<u8> {
    let short = |length: usize| u8::try_from(length).unwrap();
    let mut section = vec![short(4), b'n', b'o', b't', b'e'];
    section.extend(note.as_bytes());
    assert!(section.len() < 0x80, "its length takes one byte");
    let mut bytes = component.to_vec();
    bytes.extend([0, short(section.len())]);
    bytes.extend(section);
    bytes
}

fn read(name: &str) -> Vec<u8> {
    static DIR: LazyLock<PathBuf> =
        LazyLock::new(|| build_guests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("guests")));
    std::fs::read(DIR.join(name).with_extension("wasm")).expect("cargo built it")
}
