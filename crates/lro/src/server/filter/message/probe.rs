//! A question about an encoded message: a way of field numbers to what is compared, found out once per filter and type.

use super::super::compare::{Compare, Value};
use super::scalar::Scalar;
use super::well_known::WellKnown;
use super::wire::{Wire, all, submessage};

/// Asks something of encoded messages of one type.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    pub(super) steps: Vec<Step>,
    pub(super) leaf: Leaf,
}

/// From a message into one that is part of it.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Into the message that a field holds, if it is set.
    Field(u32),
    /// Likewise, but what is not set is an empty message: the value in an entry of a map.
    FieldOrEmpty(u32),
    /// Into each message of a repeated field; one that answers yes is enough.
    Each(u32),
    /// Into the entry of a map that has a key.
    Entry(u32, Key),
}

/// A key of a map, with how keys are encoded there.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) of: Scalar,
    pub(super) compare: Compare,
}

/// What is asked at the end of the way.
#[derive(Debug, Clone)]
pub(super) enum Leaf {
    /// Nothing more: being there is enough.
    Reached,
    /// Whether a field that is a message, a list or a map has anything in it.
    HasAny(u32),
    /// A field, by its number.
    Field { number: u32, reads: Reads, is_explicit: bool, compare: Compare },
    /// Any element of a repeated field.
    Element { number: u32, reads: Reads, compare: Compare },
}

/// How a field becomes a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reads {
    Scalar(Scalar),
    /// A message that stands for a value.
    Message(WellKnown),
}

impl Probe {
    /// What a message answers.
    pub(super) fn holds(&self, message: &[u8]) -> bool {
        walk(message, &self.steps, &self.leaf)
    }
}

fn walk(message: &[u8], steps: &[Step], leaf: &Leaf) -> bool {
    let Some((step, rest)) = steps.split_first() else { return leaf.holds(message) };
    match step {
        Step::Field(number) => submessage(message, *number).is_some_and(|inner| walk(&inner, rest, leaf)),
        Step::FieldOrEmpty(number) => walk(&submessage(message, *number).unwrap_or_default(), rest, leaf),
        Step::Each(number) => messages(message, *number).any(|element| walk(element, rest, leaf)),
        // The last entry with a key is the one that counts.
        Step::Entry(number, key) => {
            let entry = messages(message, *number).filter(|entry| key.is_of(entry)).last();
            entry.is_some_and(|entry| walk(entry, rest, leaf))
        }
    }
}

fn messages(message: &[u8], number: u32) -> impl Iterator<Item = &[u8]> {
    all(message, number).filter_map(|value| match value {
        Wire::Bytes(bytes) => Some(bytes),
        _ => None,
    })
}

impl Key {
    fn is_of(&self, entry: &[u8]) -> bool {
        let key = all(entry, 1).last().map_or(Some(self.of.default()), |key| self.of.read(key));
        key.is_some_and(|key| self.compare.accepts(key))
    }
}

impl Leaf {
    fn holds(&self, message: &[u8]) -> bool {
        match self {
            Self::Reached => true,
            // A list of numbers may be written as an empty one.
            Self::HasAny(number) => all(message, *number).next().is_some(),
            Self::Field { number, reads: Reads::Scalar(scalar), is_explicit, compare } => {
                let set = all(message, *number).last();
                let value = match set {
                    Some(wire) => scalar.read(wire),
                    None => (!is_explicit).then(|| scalar.default()),
                };
                let is_default = !is_explicit && value == Some(scalar.default());
                value.is_some_and(|value| match compare {
                    // Of a field without presence, the default is what it is when nobody has set it.
                    Compare::Present => !is_default,
                    _ => compare.accepts(value),
                })
            }
            Self::Field { number, reads: Reads::Message(known), compare, .. } => submessage(message, *number)
                .is_some_and(|inner| known.any(&inner, &mut |value| compare.accepts(value))),
            Self::Element { number, reads: Reads::Scalar(scalar), compare } => {
                let mut is_wanted = |value: Value<'_>| compare.accepts(value);
                all(message, *number).any(|wire| scalar.any(wire, &mut is_wanted))
            }
            Self::Element { number, reads: Reads::Message(known), compare } => {
                messages(message, *number).any(|inner| known.any(inner, &mut |value| compare.accepts(value)))
            }
        }
    }
}
