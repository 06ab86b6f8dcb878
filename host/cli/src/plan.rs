//! What a change would do to new tasks, shown before it is made.

pub mod component;
pub mod template;
mod text;
