//! The fields of metadata and responses, which are messages of the API's own types.
//!
//! They are read from the bytes, by field numbers that descriptors tell once per filter and type. Nothing is decoded into a message: most
//! of a page that is looked through is thrown away. So no library for dynamic messages is needed, none of which takes files
//! with an edition.
//!
//! - `types`: which messages there are. `descriptor`, `schema`: what their descriptors say.
//! - `resolve`: from names to a `probe`, which asks encoded messages.
//! - `wire`, `scalar`, `well_known`: how values are encoded.

mod descriptor;
mod probe;
mod resolve;
mod scalar;
mod schema;
mod types;
mod well_known;
mod wire;

use lro_store::Payload;

use self::probe::Probe;
use self::schema::Schema;
pub(in crate::server) use self::types::Types;
pub(super) use self::types::{Part, PartType};
use self::well_known::WellKnown;
use super::error::{FilterError, quote};
use super::tree::{Literal, Op};

/// A question about messages of several types, of which each answers for itself.
#[derive(Debug, Clone)]
pub(super) struct Question(Vec<(&'static str, Probe)>);

impl Question {
    /// Finds a field in each of the types that has it.
    ///
    /// # Errors
    /// When none has it, or none has it as what the literal could be; and when nothing is known of the fields of one of them.
    pub(super) fn new(
        types: &[PartType],
        part: &Literal,
        path: &[Literal],
        op: Op,
        literal: &Literal,
    ) -> Result<Self, FilterError> {
        let (mut probes, mut refused) = (Vec::<(&'static str, Probe)>::new(), None::<FilterError>);
        for of in types {
            if probes.iter().any(|(known, _)| *known == of.full_name) {
                continue;
            }
            let Some(schema) = schema_of(types, of.full_name) else {
                let message = format!(
                    "this server has no descriptor of {}, the {} of {}; name the methods that you mean by `method = …`",
                    of.full_name, part.text, of.method
                );
                return Err(FilterError::new(part.at, message));
            };
            match resolve::resolve(schema, of.full_name, path, op, literal) {
                Ok(probe) => probes.push((of.full_name, probe)),
                // What is wrong with a field that is there says more than that another type has none.
                Err(error)
                    if refused.as_ref().is_none_or(|before| before.is_unknown && !error.is_unknown) =>
                {
                    refused = Some(error);
                }
                Err(_) => {}
            }
        }
        match refused {
            Some(error) if probes.is_empty() => Err(error),
            None if probes.is_empty() => {
                let message = format!(
                    "this server knows {} of none of the methods that the filter is about",
                    quote(&part.text)
                );
                Err(FilterError::new(part.at, message))
            }
            _ => Ok(Self(probes)),
        }
    }

    /// What a message answers, which is no if it is of none of the types.
    pub(super) fn holds(&self, payload: &Payload) -> bool {
        let type_name = payload.type_url.rsplit('/').next().unwrap_or_default();
        let probe = self.0.iter().find(|(full_name, _)| *full_name == type_name);
        probe.is_some_and(|(_, probe)| probe.holds(&payload.value))
    }
}

/// The descriptors that tell of a message, which another method with the same message may have brought.
fn schema_of<'a>(types: &'a [PartType], full_name: &str) -> Option<&'a Schema> {
    let tells = |schema: &&Schema| schema.message(full_name).is_some() || WellKnown::of(full_name).is_some();
    let same = types.iter().filter(|of| of.full_name == full_name);
    same.filter_map(|of| of.schema.as_deref()).find(tells)
}
