//! Lines on a terminal that are drawn over.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// How often the sign of life turns.
const TURN_INTERVAL: Duration = Duration::from_millis(100);

/// What is drawn; gone when dropped.
pub struct Drawn(pub ProgressBar);

impl Drawn {
    /// A message behind a sign of life, unless it is hidden.
    pub fn spinner(is_hidden: bool) -> Self {
        if is_hidden {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner().with_style(style("{spinner} {msg}"));
        bar.enable_steady_tick(TURN_INTERVAL);
        Self(bar)
    }

    /// Lines of text.
    pub fn lines() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        Self(bar.with_style(style("{msg}")))
    }

    /// How many bytes of so many were sent; then that the host works.
    pub fn upload(bytes: u64) -> Self {
        let template = "uploading {bar:40} {bytes} of {total_bytes}, {eta} left";
        Self(ProgressBar::new(bytes).with_style(style(template)))
    }
}

/// Says that the host works on what was sent.
pub fn host_works(bar: &ProgressBar) {
    let template = "{spinner} the host compiles and checks it ({elapsed})";
    bar.set_style(style(template));
    bar.enable_steady_tick(TURN_INTERVAL);
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is written in this file")
}

impl Drop for Drawn {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
