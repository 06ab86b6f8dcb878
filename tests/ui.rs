//! The web interface: how it is served, and what people do with it in a browser.

mod book;
pub mod browser;
mod files;
mod pages;
pub mod seeds;
mod serving;
mod sign_in;
mod versions;
mod work;
