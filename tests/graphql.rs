//! GraphQL over real sockets, with a real database: it says what the API says, and no more.

pub mod asking;
mod clients;
mod edges;
mod fuzz;
mod graphiql;
mod http;
mod limits;
mod mutations;
mod nodes;
mod queries;
mod schema;
mod statement_log;
mod statements;
mod subscriptions;
