//! How a secret may be written where it is repeated.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, Encoding, HEXLOWER, HEXUPPER};
use tasker_domain::secret::{MIN_SECRET_BYTES, SecretValue};
use zeroize::Zeroizing;

/// What RFC 3986 leaves as it is.
const UNRESERVED: &[u8] = b"-._~";
/// What `encodeURIComponent` leaves as it is besides.
const LEFT_BY_SCRIPTS: &[u8] = b"-._~!'()*";
/// How every byte of a text is percent-encoded.
type Percent = fn(u8) -> String;
/// In capitals, as RFC 3986 requires, and in lower case, as others write it.
const EVERY_BYTE: [Percent; 2] = [|byte| format!("%{byte:02X}"), |byte| format!("%{byte:02x}")];

/// The value as it is, in JSON, percent-encoded, in hex, and in base64 wherever it begins there.
pub(super) fn of(value: &SecretValue) -> Vec<Zeroizing<String>> {
    let clear = value.reveal();
    let mut forms = Vec::new();
    // What is not kept is wiped too.
    let mut add = |form: String| forms.push(Zeroizing::new(form));
    add(clear.to_owned());
    let escaped = Zeroizing::new(escaped(clear));
    for more in ["", "<>&"] {
        add(in_ascii(&escaped, more));
    }
    add(escaped.to_string());
    // A log has lines.
    for line in clear.lines() {
        add(line.trim().to_owned());
    }
    for left in [UNRESERVED, LEFT_BY_SCRIPTS] {
        let percent = Zeroizing::new(percent(clear, left));
        add(percent.replace("%20", "+"));
        add(lower_case_escapes(&percent));
        add(percent.to_string());
    }
    for encode in EVERY_BYTE {
        add(clear.bytes().map(encode).collect());
    }
    let bytes = clear.as_bytes();
    for encoding in [HEXLOWER, HEXUPPER] {
        add(encoding.encode(bytes));
    }
    for encoding in [BASE64_NOPAD, BASE64URL_NOPAD] {
        for offset in 0..3 {
            add(base64_after(&encoding, offset, bytes));
        }
    }
    forms.retain(|form| form.len() >= MIN_SECRET_BYTES);
    forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    forms.dedup();
    forms
}

/// As written between the quotes of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The same with what is not ASCII, and these characters, escaped by number as some writers do.
fn in_ascii(escaped: &str, more: &str) -> String {
    let mut text = String::new();
    for c in escaped.chars() {
        match c.is_ascii() && !more.contains(c) {
            true => text.push(c),
            false => {
                let units = c.encode_utf16(&mut [0; 2]).to_vec();
                text.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    text
}

fn percent(text: &str, left: &[u8]) -> String {
    let encode = |byte: u8| match byte.is_ascii_alphanumeric() || left.contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn lower_case_escapes(percent: &str) -> String {
    let mut left_of_escape = 0;
    let lower = |c: char| {
        if c == '%' {
            left_of_escape = 2;
            return c;
        }
        let is_escape = left_of_escape > 0;
        left_of_escape = usize::saturating_sub(left_of_escape, 1);
        if is_escape { c.to_ascii_lowercase() } else { c }
    };
    percent.chars().map(lower).collect()
}

/// The characters that only the value decides, where `offset` bytes (modulo 3) stand before it and
/// anything after it.
fn base64_after(encoding: &Encoding, offset: usize, bytes: &[u8]) -> String {
    let mut shifted = Zeroizing::new(vec![0; offset]);
    shifted.extend_from_slice(bytes);
    let text = encoding.encode(&shifted);
    let from = [0, 2, 3][offset];
    let to = shifted.len() * 8 / 6;
    text[from..to].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::BASE64;

    fn forms(text: &str) -> Vec<String> {
        let value = SecretValue::parse(text.as_bytes().to_vec()).unwrap();
        of(&value).iter().map(|form| form.to_string()).collect()
    }

    #[test]
    fn a_secret_is_known_in_every_form() {
        let forms = forms("a b/\"ü\n2nd line");
        let known = [
            "a b/\"ü\n2nd line",
            "a b/\\\"ü\\n2nd line",
            "a b/\\\"\\u00fc\\n2nd line",
            "a%20b%2F%22%C3%BC%0A2nd%20line",
            "a%20b%2f%22%c3%bc%0a2nd%20line",
            "a+b%2F%22%C3%BC%0A2nd+line",
            "2nd line",
        ];
        for form in known {
            assert!(forms.iter().any(|it| it == form), "{form} of {forms:?}");
        }
    }

    #[test]
    fn base64_is_known_wherever_the_secret_begins_in_it() {
        let forms = forms("correct horse");
        for around in ["", "x", "xy", "user:", "user-1:"] {
            for after in ["", "\n", "}}"] {
                let text = BASE64.encode(format!("{around}correct horse{after}").as_bytes());
                assert!(
                    forms.iter().any(|form| text.contains(form.as_str())),
                    "{text}"
                );
            }
        }
    }
}
