//! The only module that speaks sqlx.

pub mod component;
pub mod health;
pub mod lock;
pub mod pin;
pub mod task_read;
pub mod template;

#[derive(Clone)]
pub struct Store {
    pub(in crate::store) pool: sqlx::PgPool,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}
