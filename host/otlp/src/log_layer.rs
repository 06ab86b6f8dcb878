//! Takes lines from the log where they are written.

use super::log_line::{Content, LogLine, LogQueue};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The exporter and what it sends with: a line about an export must not cause another one.
const OWN: [&str; 13] = [
    "tasker_otlp",
    "h2",
    "hyper",
    "hyper_timeout",
    "hyper_util",
    "mio",
    "opentelemetry",
    "opentelemetry_sdk",
    "reqwest",
    "rustls",
    "tonic",
    "tower",
    "want",
];

/// A layer of the log that puts lines into a queue, without waiting.
pub struct LogLayer(Arc<LogQueue>);

impl LogLayer {
    pub(crate) fn new(queue: Arc<LogQueue>) -> Self {
        Self(queue)
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for LogLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if is_own(attributes.metadata().target()) {
            return;
        }
        let mut content = Content::default();
        attributes.record(&mut content);
        span.extensions_mut().insert(content);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut extensions = span.extensions_mut();
        if let Some(content) = extensions.get_mut::<Content>() {
            values.record(content);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let target = event.metadata().target();
        if is_own(target) {
            return;
        }
        let mut content = Content::default();
        event.record(&mut content);
        let target = match content.target.take() {
            Some(target) if is_own(&target) => return,
            Some(target) => Cow::Owned(target),
            None => Cow::Borrowed(target),
        };
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Content>() {
                content.inherit(outer);
            }
        }
        self.0.push(LogLine {
            time: SystemTime::now(),
            level: *event.metadata().level(),
            target,
            content,
        });
    }
}

fn is_own(target: &str) -> bool {
    let part = target.split("::").next().unwrap_or_default();
    OWN.contains(&part)
}

#[cfg(test)]
mod tests {
    use super::super::log_line::MAX_TEXT_BYTES;
    use super::*;
    use tasker_telemetry::AttributeValue;
    use tracing::Level;
    use tracing_subscriber::layer::SubscriberExt as _;

    fn logged(log: impl FnOnce()) -> Vec<LogLine> {
        let queue = Arc::new(LogQueue::new(8, 8));
        let subscriber = tracing_subscriber::registry().with(LogLayer::new(queue.clone()));
        tracing::subscriber::with_default(subscriber, log);
        queue.take()
    }

    fn text(line: &LogLine, name: &str) -> Option<String> {
        let mut fields = line.content.fields.iter();
        let (_, value) = fields.find(|(known, _)| *known == name)?;
        match value {
            AttributeValue::Text(text) => Some(text.clone()),
            other => Some(format!("{other:?}")),
        }
    }

    #[test]
    fn a_line_has_its_fields_and_those_of_the_spans_around_it() {
        let lines = logged(|| {
            let span = tracing::info_span!(target: "tasker_api", "request", correlation_id = "c-1", route = "outer");
            let _entered = span.enter();
            tracing::warn!(
                target: "tasker_api",
                route = "inner",
                tries = 3,
                is_last = true,
                "no {}",
                "answer"
            );
        });
        let [line] = &lines[..] else {
            panic!("{lines:?}")
        };
        assert_eq!(
            (line.level, &*line.content.body),
            (Level::WARN, "no answer")
        );
        assert_eq!(text(line, "correlation_id").as_deref(), Some("c-1"));
        assert_eq!(text(line, "route").as_deref(), Some("inner"));
        assert_eq!(text(line, "tries").as_deref(), Some("Number(3)"));
        assert_eq!(text(line, "is_last").as_deref(), Some("Boolean(true)"));
    }

    #[test]
    fn fields_with_names_of_secrets_are_masked_and_long_texts_are_cut() {
        let long = "é".repeat(MAX_TEXT_BYTES);
        let lines = logged(|| {
            tracing::info!(target: "tasker_api", api_key = "abc", password = ?Some("abc"), token = 7, long, "{long}");
        });
        let [line] = &lines[..] else {
            panic!("{lines:?}")
        };
        for name in ["api_key", "password", "token"] {
            assert_eq!(text(line, name).as_deref(), Some("[masked]"));
        }
        assert_eq!(line.content.body.len(), MAX_TEXT_BYTES);
        assert_eq!(text(line, "long").unwrap().len(), MAX_TEXT_BYTES);
    }

    #[test]
    fn lines_of_the_exporter_and_of_what_it_sends_with_are_not_taken() {
        let lines = logged(|| {
            tracing::warn!(target: "tasker_otlp::delivery", "no collector");
            tracing::debug!(target: "hyper_util::client", "connecting");
            tracing::debug!(target: "log", { log.target = "h2::proto" }, "a frame");
            tracing::info!(target: "tasker_otlpx", "another part");
        });
        let targets: Vec<&str> = lines.iter().map(|line| &*line.target).collect();
        assert_eq!(targets, ["tasker_otlpx"]);
    }
}
