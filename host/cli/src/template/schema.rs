//! `tasker template schema`

use crate::Output;
use crate::reply::Reply;
use tasker_domain::template::template_schema;

/// The same in every format: what is printed is a file.
pub fn print(output: Output) -> Reply {
    let schema = format!("{:#}", template_schema());
    output.show(&schema, || schema.clone())
}
