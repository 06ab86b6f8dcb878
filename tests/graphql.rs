//! GraphQL over real sockets, with a real database: it says what the API says, and no more.

mod asking;
mod clients;
mod edges;
mod fuzz;
mod graphiql;
mod http;
mod limits;
mod mutations;
mod queries;
mod schema;
mod statements;
mod subscriptions;
