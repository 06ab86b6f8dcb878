//! The SQL of the registry: components, templates, pins, and the rules of namespaces.

pub mod api_key;
pub mod approve;
pub mod audit;
pub mod browser_session;
pub mod catalog;
pub mod collect;
pub mod component;
pub mod declared_event;
pub mod generation;
pub mod grant;
pub mod inventory;
pub mod kv;
pub mod limit;
mod namespace;
pub mod pin;
pub mod quarantine;
pub mod queue;
pub mod references;
pub mod retention;
pub mod secret;
pub mod share;
pub mod signature;
pub mod subscription;
pub mod template;
pub mod uses;
pub mod yank;

use tasker_database::Pool;
use tasker_domain::requirement::QualifiedName;
use tasker_engine::Engine;

/// What came of adding something that a namespace has a bounded number of.
#[derive(Clone, Debug)]
pub enum Addition<R> {
    Added(R),
    /// It stood already.
    Stood(R),
    /// The namespace has as many as it may.
    Full,
}

/// The registry in the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Engine,
}

impl Store {
    /// Over the connections of the engine, and with its keys.
    pub fn new(engine: Engine) -> Self {
        Self { engine }
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    fn pool(&self) -> &Pool {
        self.engine.database().pool()
    }

    /// A handle for one change of very many rows.
    fn for_bulk(&self) -> Self {
        Self::new(self.engine.for_bulk())
    }

    /// A handle for what may take minutes.
    fn for_maintenance(&self) -> Self {
        Self::new(self.engine.for_maintenance())
    }
}

/// Namespaces and names, as two arrays.
fn columns<'n>(names: impl IntoIterator<Item = &'n QualifiedName>) -> (Vec<&'n str>, Vec<&'n str>) {
    let names = names.into_iter();
    names
        .map(|it| (it.namespace.as_str(), it.name.as_str()))
        .unzip()
}
