pub mod build;
pub mod new;
mod scaffold;
