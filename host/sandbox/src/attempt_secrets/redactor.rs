//! Redactor secrets out of texts.

use super::forms;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;
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
}

/// Where a form is found next, from a place on.
#[derive(Clone, Copy)]
enum Next {
    Unknown,
    At(usize),
    Nowhere,
}

impl Redactor {
    pub(super) fn add(&mut self, name: &Name, value: &SecretValue) {
        let instead: Arc<str> = redacted(name).into();
        for form in forms::of(value) {
            self.longest_bytes = self.longest_bytes.max(form.len());
            self.forms.push((form, instead.clone()));
        }
    }

    /// Of two forms that begin at one place the longer is redacted. Looks for each form once over
    /// the whole text.
    pub(super) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if text.len() < MIN_SECRET_BYTES {
            return Cow::Borrowed(text);
        }
        let mut next = vec![Next::Unknown; self.forms.len()];
        let (mut kept, mut from) = (String::new(), 0);
        while let Some((at, form, instead)) = self.first(text, from, &mut next) {
            kept.push_str(&text[from..at]);
            kept.push_str(instead);
            from = at + form.len();
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

    fn first(&self, text: &str, from: usize, next: &mut [Next]) -> Option<(usize, &str, &str)> {
        let found = self
            .forms
            .iter()
            .zip(next)
            .filter_map(|((form, instead), next)| {
                let is_known = match next {
                    Next::Unknown => false,
                    Next::At(at) => *at >= from,
                    Next::Nowhere => true,
                };
                if !is_known {
                    let found = text[from..].find(form.as_str());
                    *next = found.map_or(Next::Nowhere, |at| Next::At(from + at));
                }
                match next {
                    Next::At(at) => Some((*at, form.as_str(), &**instead)),
                    Next::Unknown | Next::Nowhere => None,
                }
            });
        found.min_by_key(|(at, form, _)| (*at, Reverse(form.len())))
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
