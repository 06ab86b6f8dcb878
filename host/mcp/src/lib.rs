//! A server of the Model Context Protocol (MCP, <https://modelcontextprotocol.io>) over standard input and output: programs
//! that work with language models ask a host, with the permissions of one key.
//!
//! Each tool is an operation of the API, made from the OpenAPI document of the host, so its arguments are those of the
//! request and its answer is the body. Offered are [`READS`], and [`CHANGES`] only where that was allowed. Nothing that shows
//! or sets a key or a secret is among them. The program that serves adds tools of its own: [`LocalTool`].

mod arguments;
mod local;
mod offered;
mod schema;
mod server;
mod tools;

pub use local::{LocalAnswer, LocalCall, LocalTool, LocalTools, local_tools};
pub use offered::{CHANGES, READS};
pub use server::{MAX_ANSWER_BYTES, McpError, serve};
pub use tools::{Tools, Unusable};
