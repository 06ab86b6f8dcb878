//! Redacts secrets in texts.

use super::forms;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use tasker_domain::name::Name;
use tasker_domain::secret::{MIN_SECRET_BYTES, SecretValue, redacted};
use zeroize::Zeroizing;

/// A beginning of a secret that is shorter, in bytes, says nothing.
const MIN_BEGINNING_BYTES: usize = 3;

/// The redacted forms of values, and their replacements.
#[derive(Default)]
pub(super) struct Redactor {
    forms: Vec<(Zeroizing<String>, Arc<str>)>,
    longest_bytes: usize,
    /// Finds the forms; made when a text is first searched, and dropped with the attempt. Its memory is not
    /// wiped: the crate owns it.
    search: OnceLock<AhoCorasick>,
}

impl Redactor {
    pub(super) fn add(&mut self, name: &Name, value: &SecretValue) {
        let instead: Arc<str> = redacted(name).into();
        for form in forms::of(value) {
            self.longest_bytes = self.longest_bytes.max(form.len());
            self.forms.push((form, instead.clone()));
        }
        self.search = OnceLock::new();
    }

    /// Of two forms that begin at one place the longer is redacted.
    pub(super) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.forms.is_empty() || text.len() < MIN_SECRET_BYTES {
            return Cow::Borrowed(text);
        }
        let (mut kept, mut from) = (String::new(), 0);
        for found in self.search().find_iter(text) {
            let (_, instead) = &self.forms[found.pattern().as_usize()];
            kept.push_str(&text[from..found.start()]);
            kept.push_str(instead);
            from = found.end();
        }
        if from == 0 {
            return Cow::Borrowed(text);
        }
        kept.push_str(&text[from..]);
        Cow::Owned(kept)
    }

    /// The same, cut to `max_bytes`, and no half of a secret at its end; how many bytes were cut.
    pub(super) fn text_within(&self, text: &str, max_bytes: usize) -> (String, usize) {
        let looked_at = text.floor_char_boundary(max_bytes.saturating_add(self.longest_bytes));
        let redacted = match looked_at < text.len() {
            true => self.cut_text(&text[..looked_at]),
            false => self.text(text).into_owned(),
        };
        let end = redacted.floor_char_boundary(max_bytes);
        let dropped = text.len() - looked_at + redacted.len() - end;
        (redacted[..end].to_owned(), dropped)
    }

    /// The same for a text that may have been cut within a secret.
    pub(super) fn cut_text(&self, text: &str) -> String {
        let mut redacted = self.text(text).into_owned();
        let beginning = self
            .forms
            .iter()
            .map(|(form, _)| beginning_at_end(&redacted, form))
            .max();
        redacted.truncate(redacted.len() - beginning.unwrap_or(0));
        redacted
    }

    /// A contiguous NFA takes 13 bytes for each byte of the forms; a DFA takes a hundred times that.
    fn search(&self) -> &AhoCorasick {
        self.search.get_or_init(|| {
            AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .match_kind(MatchKind::LeftmostLongest)
                .build(self.forms.iter().map(|(form, _)| form.as_bytes()))
                .expect("the secrets of an attempt have fewer than 2^31 bytes")
        })
    }
}

/// How many bytes at the end of the text are the beginning of the form.
fn beginning_at_end(text: &str, form: &str) -> usize {
    let longest = text.len().min(form.len());
    let is_both = |bytes: &usize| form.is_char_boundary(*bytes) && text.ends_with(&form[..*bytes]);
    (MIN_BEGINNING_BYTES..=longest)
        .rev()
        .find(is_both)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor(secrets: &[(&str, &str)]) -> Redactor {
        let mut redactor = Redactor::default();
        for (name, value) in secrets {
            let value = SecretValue::parse(value.as_bytes().to_vec()).unwrap();
            redactor.add(&name.parse().unwrap(), &value);
        }
        redactor
    }

    #[test]
    fn every_occurrence_of_every_secret_is_redacted() {
        let redactor = redactor(&[("a", "hunter2"), ("b", "hunter2-and-more")]);
        let text = "hunter2, hunter2-and-more; hunter2hunter2 %";
        assert_eq!(
            redactor.text(text),
            "[secret a], [secret b]; [secret a][secret a] %"
        );
        assert!(matches!(redactor.text("hunter3"), Cow::Borrowed("hunter3")));
    }

    #[test]
    fn the_replacement_of_a_value_is_not_redacted_again() {
        assert_eq!(
            redactor(&[("s", "secret")]).text("a secret"),
            "a [secret s]"
        );
    }

    #[test]
    fn a_cut_leaves_no_half_of_a_secret() {
        let redactor = redactor(&[("a", "correct horse battery")]);
        let text = "say correct horse battery staple";
        for max_bytes in 0..text.len() {
            let (kept, _) = redactor.text_within(text, max_bytes);
            assert!(!kept.contains("cor") && kept.len() <= max_bytes, "{kept}");
        }
        assert_eq!(
            redactor.text_within("say nothing", 3),
            ("say".to_owned(), 8)
        );
        assert_eq!(redactor.cut_text("say correct hor"), "say ");
        assert_eq!(redactor.cut_text("say co"), "say co");
    }
}
