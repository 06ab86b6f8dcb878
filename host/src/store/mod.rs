//! The only module that speaks to PostgreSQL.

pub mod embedded;
