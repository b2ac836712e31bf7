//! From the names in a filter to a way through messages of one type.

use super::super::compare::{Compare, Kind};
use super::super::error::{FilterError, quote};
use super::super::tree::{Literal, Op};
use super::probe::{Key, Leaf, Probe, Reads, Step};
use super::scalar::Scalar;
use super::schema::{FieldType, Holds, Schema, Shape};
use super::well_known::{WellKnown, number};

/// The number of the value in an entry of a map.
const VALUE: u32 = 2;

/// Finds what `path` leads to in messages of a type, and what `literal` is there.
///
/// # Errors
/// A field that is not there, and a comparison that makes no sense for what is.
pub(super) fn resolve(
    schema: &Schema,
    full_name: &str,
    path: &[Literal],
    op: Op,
    literal: &Literal,
) -> Result<Probe, FilterError> {
    let mut resolver = Resolver { schema, op, literal, steps: Vec::new() };
    let leaf = resolver.within(full_name, path)?;
    Ok(Probe { steps: resolver.steps, leaf })
}

struct Resolver<'a> {
    schema: &'a Schema,
    op: Op,
    literal: &'a Literal,
    steps: Vec<Step>,
}

impl Resolver<'_> {
    /// From a message on; the path is not empty.
    fn within(&mut self, full_name: &str, path: &[Literal]) -> Result<Leaf, FilterError> {
        let Some((name, rest)) = path.split_first() else { return Ok(Leaf::Reached) };
        match WellKnown::of(full_name) {
            Some(WellKnown::Struct) => return self.in_struct(name, rest),
            Some(WellKnown::Any) => return self.in_any(name, rest),
            Some(WellKnown::Empty) => return Err(FilterError::unknown(name.at, full_name, &name.text, [])),
            Some(_) => {
                let message = format!("a {full_name} is compared as a whole; leave out `.{}`", name.text);
                return Err(FilterError::new(name.at, message));
            }
            None => {}
        }
        let Some(fields) = self.schema.message(full_name) else {
            let message =
                format!("this server has no descriptor of {full_name}, so it knows none of its fields");
            return Err(FilterError::new(name.at, message));
        };
        let is_named = |field: &&FieldType| field.name == name.text || field.json_name == name.text;
        let Some(field) = fields.iter().find(is_named) else {
            let known = fields.iter().map(|field| field.name.as_str());
            return Err(FilterError::unknown(name.at, full_name, &name.text, known));
        };
        match &field.shape {
            Shape::One(holds) => self.one(field.number, field.is_explicit, holds, name, rest),
            Shape::Many(holds) => self.many(field.number, holds, name, rest),
            Shape::Map(key, holds) => self.map(field.number, *key, holds, name, rest),
        }
    }

    fn one(
        &mut self,
        number: u32,
        is_explicit: bool,
        holds: &Holds,
        name: &Literal,
        rest: &[Literal],
    ) -> Result<Leaf, FilterError> {
        let Holds::Message(full_name) = holds else {
            check_is_end(name, rest)?;
            let (scalar, kind) = self.scalar(holds);
            let compare = self.compare(name, kind)?;
            return Ok(Leaf::Field { number, reads: Reads::Scalar(scalar), is_explicit, compare });
        };
        let known = WellKnown::of(full_name);
        if known == Some(WellKnown::Value) {
            return self.dynamic(number, name, rest);
        }
        if !rest.is_empty() {
            self.steps.push(Step::Field(number));
            return self.within(full_name, rest);
        }
        if let Some((known, kind)) = known.and_then(|known| Some((known, known.kind()?))) {
            let compare = self.compare(name, kind)?;
            return Ok(match compare {
                Compare::Present => Leaf::HasAny(number),
                _ => Leaf::Field { number, reads: Reads::Message(known), is_explicit, compare },
            });
        }
        self.check_has(name, "a message; compare one of its fields, or ask whether it is set by `:*`")?;
        if self.literal.is_star() {
            return Ok(Leaf::HasAny(number));
        }
        self.steps.push(Step::Field(number));
        if known == Some(WellKnown::List) {
            let compare = self.compare(name, Kind::Dynamic)?;
            return Ok(Leaf::Element {
                number: number::VALUES,
                reads: Reads::Message(WellKnown::Value),
                compare,
            });
        }
        self.presence_in(full_name)
    }

    /// `message:field`: whether a field of it is there.
    fn presence_in(&mut self, full_name: &str) -> Result<Leaf, FilterError> {
        let star = Literal { text: "*".to_owned(), stars: vec![0], at: self.literal.at, quoted: false };
        let mut inner = Resolver { literal: &star, steps: std::mem::take(&mut self.steps), ..*self };
        let leaf = inner.within(full_name, std::slice::from_ref(self.literal))?;
        self.steps = inner.steps;
        Ok(leaf)
    }

    fn many(
        &mut self,
        number: u32,
        holds: &Holds,
        name: &Literal,
        rest: &[Literal],
    ) -> Result<Leaf, FilterError> {
        self.check_has(name, "repeated; use `:`, which asks whether any element matches")?;
        if rest.is_empty() && self.literal.is_star() {
            return Ok(Leaf::HasAny(number));
        }
        let Holds::Message(full_name) = holds else {
            check_is_end(name, rest)?;
            let (scalar, kind) = self.scalar(holds);
            let compare = self.compare(name, kind)?;
            return Ok(Leaf::Element { number, reads: Reads::Scalar(scalar), compare });
        };
        if !rest.is_empty() {
            self.steps.push(Step::Each(number));
            return self.within(full_name, rest);
        }
        if let Some((known, kind)) = WellKnown::of(full_name).and_then(|known| Some((known, known.kind()?))) {
            let compare = self.compare(name, kind)?;
            return Ok(Leaf::Element { number, reads: Reads::Message(known), compare });
        }
        self.steps.push(Step::Each(number));
        self.presence_in(full_name)
    }

    fn map(
        &mut self,
        number: u32,
        key: Scalar,
        holds: &Holds,
        name: &Literal,
        rest: &[Literal],
    ) -> Result<Leaf, FilterError> {
        let Some((wanted, rest)) = rest.split_first() else {
            self.check_has(
                name,
                "a map; compare the value of a key, as in `map.key = 1`, or ask for a key by `:`",
            )?;
            if self.literal.is_star() {
                return Ok(Leaf::HasAny(number));
            }
            self.steps.push(Step::Entry(number, key_of(key, name, self.literal)?));
            return Ok(Leaf::Reached);
        };
        self.steps.push(Step::Entry(number, key_of(key, name, wanted)?));
        let is_about_key = rest.is_empty() && self.op == Op::Has && self.literal.is_star();
        match holds {
            _ if is_about_key => Ok(Leaf::Reached),
            Holds::Message(full_name)
                if !rest.is_empty() && WellKnown::of(full_name) != Some(WellKnown::Value) =>
            {
                self.steps.push(Step::FieldOrEmpty(VALUE));
                self.within(full_name, rest)
            }
            _ => self.one(VALUE, false, holds, wanted, rest),
        }
    }

    fn in_struct(&mut self, key: &Literal, rest: &[Literal]) -> Result<Leaf, FilterError> {
        self.steps.push(Step::Entry(number::FIELDS, key_of(Scalar::Text, key, key)?));
        if rest.is_empty() && self.op == Op::Has && self.literal.is_star() {
            return Ok(Leaf::Reached);
        }
        self.dynamic(VALUE, key, rest)
    }

    /// A field that is a `google.protobuf.Value`: itself, or what lies in it if it is a struct.
    fn dynamic(&mut self, number: u32, name: &Literal, rest: &[Literal]) -> Result<Leaf, FilterError> {
        let Some((key, rest)) = rest.split_first() else {
            let compare = self.compare(name, Kind::Dynamic)?;
            return Ok(match compare {
                Compare::Present => Leaf::HasAny(number),
                _ => Leaf::Field {
                    number,
                    reads: Reads::Message(WellKnown::Value),
                    is_explicit: true,
                    compare,
                },
            });
        };
        self.steps.extend([Step::Field(number), Step::Field(number::STRUCT)]);
        self.in_struct(key, rest)
    }

    fn in_any(&mut self, name: &Literal, rest: &[Literal]) -> Result<Leaf, FilterError> {
        if !matches!(name.text.as_str(), "type_url" | "typeUrl" | "@type") {
            let message =
                "what a google.protobuf.Any holds is not looked into; only its `type_url` can be compared";
            return Err(FilterError::new(name.at, message));
        }
        check_is_end(name, rest)?;
        let (reads, compare) = (Reads::Scalar(Scalar::Text), self.compare(name, Kind::Text)?);
        Ok(Leaf::Field { number: number::TYPE_URL, reads, is_explicit: false, compare })
    }

    /// How a field that is no message is read, and what it is compared as.
    fn scalar<'s>(&self, holds: &'s Holds) -> (Scalar, Kind<'s>)
    where
        Self: 's,
    {
        match holds {
            Holds::Scalar(scalar) => (*scalar, scalar.kind()),
            Holds::Enum(name) => (Scalar::Enum, Kind::Enum(self.schema.enumeration(name))),
            Holds::Message(_) => (Scalar::Bytes, Kind::Bytes),
        }
    }

    fn compare(&self, name: &Literal, kind: Kind<'_>) -> Result<Compare, FilterError> {
        Compare::new(&quote(&name.text), kind, self.op, self.literal)
    }

    fn check_has(&self, name: &Literal, is: &str) -> Result<(), FilterError> {
        if self.op == Op::Has {
            return Ok(());
        }
        Err(FilterError::new(name.at, format!("{} is {is}", quote(&name.text))))
    }
}

fn check_is_end(name: &Literal, rest: &[Literal]) -> Result<(), FilterError> {
    let Some(next) = rest.first() else { return Ok(()) };
    let message = format!("{} is a single value and has no field {}", quote(&name.text), quote(&next.text));
    Err(FilterError::new(next.at, message))
}

/// A key is written out; a `*` in it is no wildcard.
fn key_of(of: Scalar, map: &Literal, key: &Literal) -> Result<Key, FilterError> {
    let key = Literal { stars: Vec::new(), ..key.clone() };
    let field = format!("a key of {}", quote(&map.text));
    Ok(Key { of, compare: Compare::new(&field, of.kind(), Op::Equal, &key)? })
}
