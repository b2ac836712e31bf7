//! An engine as generated servers hold it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Engine;

/// An [`Engine`] behind a trait object.
///
/// tonic asks of a server that it can be sent to other threads. For each generated server the compiler would look through all that an
/// engine consists of to see that; this says so by itself.
#[derive(Clone)]
pub struct EngineRef(Arc<dyn AsEngine>);

impl EngineRef {
    /// Holds `engine` for a server.
    pub fn new(engine: &Engine) -> Self {
        Self(Arc::new(engine.clone()))
    }
}

impl Deref for EngineRef {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        self.0.as_engine()
    }
}

impl fmt::Debug for EngineRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_engine().fmt(f)
    }
}

trait AsEngine: Send + Sync {
    fn as_engine(&self) -> &Engine;
}

impl AsEngine for Engine {
    fn as_engine(&self) -> &Engine {
        self
    }
}
