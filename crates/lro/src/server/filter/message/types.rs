//! Which messages the operations of each method hold, and what is known of their fields.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use super::schema::Schema;
use crate::Method;

/// The message types of the methods of an engine.
#[derive(Debug, Default)]
pub(in crate::server) struct Types(RwLock<Inner>);

#[derive(Debug, Default)]
struct Inner {
    methods: BTreeMap<&'static str, Messages>,
    /// By where the descriptors lie, which methods of a service share. Read when a filter first asks for them.
    schemas: HashMap<usize, Option<Arc<Schema>>>,
}

/// What the operations of a method hold.
#[derive(Debug, Clone, Copy)]
struct Messages {
    response: &'static str,
    metadata: &'static str,
    descriptors: &'static [u8],
}

/// A part of operations that is a message of the method's own type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::filter) enum Part {
    Metadata,
    Response,
}

/// What the operations of one method hold in one part.
#[derive(Debug, Clone)]
pub(in crate::server::filter) struct PartType {
    pub(in crate::server::filter) method: &'static str,
    pub(in crate::server::filter) full_name: &'static str,
    /// `None` if nothing is known of the fields.
    pub(super) schema: Option<Arc<Schema>>,
}

impl Types {
    /// Notes what operations of a method hold.
    pub(in crate::server) fn insert<Req, Res, Meta>(&self, method: &Method<Req, Res, Meta>) {
        let messages = Messages {
            response: method.response_type(),
            metadata: method.metadata_type(),
            descriptors: method.descriptors(),
        };
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        inner.methods.insert(method.path(), messages);
    }

    /// The types of a part of operations, of the methods that are wanted.
    pub(in crate::server::filter) fn of(
        &self,
        part: Part,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Vec<PartType> {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Inner { methods: known, schemas } = &mut *inner;
        let wanted = known.iter().filter(|(path, _)| is_wanted(path));
        let of = wanted.map(|(method, messages)| {
            let full_name = match part {
                Part::Metadata => messages.metadata,
                Part::Response => messages.response,
            };
            let descriptors = messages.descriptors;
            let schema = schemas
                .entry(descriptors.as_ptr().addr())
                .or_insert_with(|| Schema::read(descriptors).map(Arc::new))
                .clone();
            PartType { method, full_name, schema }
        });
        of.collect()
    }
}
