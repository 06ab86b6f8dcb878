//! Lines as sequences of tokens, of which some differ in each run: ids, digests, times, sizes.

/// Units behind a number that differs in each run.
const UNITS: [&str; 17] = [
    "ns", "µs", "ms", "s", "min", "h", "d", "day", "days", "B", "kB", "MB", "KiB", "MiB", "GiB",
    "TiB", "%",
];
/// A word of at least as many hexadecimal digits is a digest, or its begin.
const DIGEST_MIN: usize = 12;
/// A word of at least as many characters of all kinds is a key, a cursor or a tag; one that happens to have no digit is a
/// word, and fits too.
const OPAQUE_MIN: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// Compared as it stands.
    Word(String),
    Sign(char),
    /// Of another kind, which differs in each run.
    Varies(Kind, String),
    /// `…`: any tokens.
    Any,
    /// `abc…`: any word that begins so.
    Begin(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Id,
    Digest,
    Opaque,
    Time,
    Quantity,
    Port,
}

/// The tokens of a line; blanks separate them.
pub fn tokens(line: &str) -> Vec<Token> {
    let raw = raw(line);
    let (mut made, mut at) = (Vec::new(), 0);
    while at < raw.len() {
        let (token, length) = varying(&raw[at..]);
        if let Token::Sign(':') = token
            && let [.., Token::Word(word)] = &made[..]
            && word == "127.0.0.1"
            && let Some(Token::Word(port)) = raw.get(at + 1)
        {
            made.push(Token::Varies(Kind::Port, port.clone()));
            at += 2;
            continue;
        }
        made.push(token);
        at += length;
    }
    made
}

/// The ids in a text.
pub fn ids(text: &str) -> Vec<String> {
    let of = |token| match token {
        Token::Varies(Kind::Id, id) => Some(id),
        _ => None,
    };
    tokens(text).into_iter().filter_map(of).collect()
}

/// Words and signs.
fn raw(line: &str) -> Vec<Token> {
    let (mut made, mut word) = (Vec::new(), String::new());
    for c in line.chars().chain([' ']) {
        let in_word = c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if in_word {
            word.push(c);
            continue;
        }
        let ended = std::mem::take(&mut word);
        match (ended.is_empty(), c) {
            (true, '…') => made.push(Token::Any),
            (false, '…') => made.push(Token::Begin(ended)),
            (true, c) if c.is_whitespace() => {}
            (true, c) => made.push(Token::Sign(c)),
            (false, c) => {
                made.push(Token::Word(ended));
                made.extend((!c.is_whitespace()).then_some(Token::Sign(c)));
            }
        }
    }
    made
}

/// The first token, and of how many it is made.
fn varying(raw: &[Token]) -> (Token, usize) {
    let Token::Word(word) = &raw[0] else {
        return (raw[0].clone(), 1);
    };
    let made = |kind, length| (Token::Varies(kind, word.clone()), length);
    if let [_, Token::Word(now), ..] = raw
        && word == "just"
        && now == "now"
    {
        return (Token::Varies(Kind::Quantity, "just now".to_owned()), 2);
    }
    if is_date(word) || is_clock(raw) {
        return made(Kind::Time, 1 + clock_after(&raw[1..]));
    }
    if word.starts_with(|c: char| c.is_ascii_digit()) && is_number(word) {
        let unit = raw.get(1).is_some_and(is_unit);
        let is_ago = matches!(raw.get(2), Some(Token::Word(ago)) if ago == "ago");
        return match unit {
            true => made(Kind::Quantity, 2 + usize::from(is_ago)),
            false => (raw[0].clone(), 1),
        };
    }
    match word {
        word if is_seconds(word) => made(Kind::Quantity, 1),
        word if is_id(word) => made(Kind::Id, 1),
        word if is_digest(word) => made(Kind::Digest, 1),
        word if is_opaque(word) => made(Kind::Opaque, 1),
        _ => (raw[0].clone(), 1),
    }
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// `0.004s`, as `tasker test` has it; `10s` in a template is none.
fn is_seconds(word: &str) -> bool {
    let number = word.strip_suffix('s').unwrap_or_default();
    number.contains('.') && is_number(number)
}

fn is_unit(token: &Token) -> bool {
    match token {
        Token::Word(word) => UNITS.contains(&word.as_str()),
        Token::Sign(sign) => *sign == '%',
        _ => false,
    }
}

fn is_id(word: &str) -> bool {
    let parts: Vec<usize> = word.split('-').map(str::len).collect();
    let is_hex = word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    is_hex && parts == [8, 4, 4, 4, 12]
}

/// One, or two with a point between them.
fn is_digest(word: &str) -> bool {
    let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
    let is_hex = word.chars().all(|c| c.is_ascii_hexdigit() || c == '.');
    let is_number = has(|c| *c == '.') && !has(char::is_ascii_alphabetic);
    is_hex && word.len() >= DIGEST_MIN && has(char::is_ascii_digit) && !is_number
}

fn is_opaque(word: &str) -> bool {
    let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
    word.len() >= OPAQUE_MIN
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_digit)
}

/// `2026-11-30`, with or without a time behind it.
fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let [year, month, day, ..] = parts[..] else {
        return false;
    };
    let number = |text: &str, length| text.len() >= length && is_number(&text[..length]);
    year.len() == 4 && month.len() == 2 && number(year, 4) && number(month, 2) && number(day, 2)
}

/// `10:15:03.25`
fn is_clock(raw: &[Token]) -> bool {
    let is_hour = matches!(&raw[0], Token::Word(word) if word.len() == 2 && is_number(word));
    is_hour && clock_after(&raw[1..]) == 4
}

/// How many tokens of a time are here, beginning with a colon; and the whole time behind a date.
fn clock_after(raw: &[Token]) -> usize {
    match raw {
        [
            Token::Sign(':'),
            Token::Word(_),
            Token::Sign(':'),
            Token::Word(second),
            ..,
        ] if second.starts_with(|c: char| c.is_ascii_digit()) => 4,
        [Token::Word(hour), rest @ ..]
            if hour.len() == 2 && is_number(hour) && clock_after(rest) == 4 =>
        {
            5
        }
        _ => 0,
    }
}

/// True if a line that was printed is the one that is shown; and the texts that stand for each other.
pub fn matches(shown: &[Token], real: &[Token], pairs: &mut Vec<(String, String)>) -> bool {
    let Some((first, rest)) = shown.split_first() else {
        return real.is_empty();
    };
    if *first == Token::Any {
        return (0..=real.len()).any(|skipped| {
            let before = pairs.len();
            let fits = matches(rest, &real[skipped..], pairs);
            if !fits {
                pairs.truncate(before);
            }
            fits
        });
    }
    let Some((found, others)) = real.split_first() else {
        return false;
    };
    let fits = match (first, found) {
        (Token::Varies(kind, text), Token::Varies(other, real)) => {
            if matches!(kind, Kind::Id | Kind::Digest | Kind::Opaque) {
                pairs.push((text.clone(), real.clone()));
            }
            kind == other
        }
        (Token::Varies(Kind::Opaque, text), Token::Word(word)) => {
            pairs.push((text.clone(), word.clone()));
            word.len() >= OPAQUE_MIN
        }
        (Token::Begin(begin), Token::Word(word) | Token::Varies(_, word)) => {
            pairs.push((format!("{begin}…"), word.clone()));
            word.starts_with(begin.as_str())
        }
        (first, found) => first == found,
    };
    fits && matches(rest, others, pairs)
}
