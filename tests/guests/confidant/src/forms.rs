//! Ways to write a text.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// As it is, and as others write it.
pub fn all(text: &str) -> Vec<String> {
    vec![
        text.to_owned(),
        ascii(text),
        base64(text.as_bytes()),
        base64(format!("user:{text}").as_bytes()),
        base64(format!("ab:{text}\n").as_bytes()),
        text.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        percent(text),
        text.bytes().map(|byte| format!("{byte:02x}")).collect(),
    ]
}

/// A JSON string in ASCII, as many write it.
fn ascii(text: &str) -> String {
    let escape = |c: char| match c {
        '"' => "\\\"".to_owned(),
        c if c.is_ascii() && c != '&' => c.to_string(),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// A JSON string in which every character that is not a letter or digit is escaped.
pub fn json(text: &str) -> String {
    let escape = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_string(),
        false => format!("\\u{:04x}", u32::from(c)),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

pub fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() {
                letter.into()
            } else {
                '='
            });
        }
    }
    text
}

fn percent(text: &str) -> String {
    let encode = |byte: u8| match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
