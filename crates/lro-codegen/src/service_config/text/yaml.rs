//! YAML as a tree with positions, within bounds that no input can leave.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput};

use super::indent::Indented;
use super::node::{Broken, MAX_DEPTH, MAX_LENGTH, Node, Place, Position, Value, within_bounds};

/// Prepares a text for [`parse`].
pub(in crate::service_config) fn prepare(text: &str) -> Result<Indented<'_>, Broken> {
    Ok(Indented::new(within_bounds(text)?, MAX_LENGTH))
}

/// Reads the one document of a text. Others may be there if there is nothing in them.
pub(in crate::service_config) fn parse<'a>(source: &'a Indented<'_>) -> Result<Node<'a>, Broken> {
    let mut tree = Tree { parser: Parser::new_from_str(&source.text), source, end: (1, 1) };
    let (mut document, mut start): (Option<Node<'_>>, _) = (None, (1, 1));
    loop {
        match tree.next()? {
            Some((Event::DocumentStart(_), span)) => start = tree.position(span.start),
            Some((Event::StreamStart | Event::DocumentEnd | Event::Nothing, _)) => {}
            Some((Event::StreamEnd, _)) | None => break,
            Some((event, span)) => {
                let node = tree.node(event, span, 0)?;
                match &document {
                    Some(Node { value: Value::Null, .. }) | None => document = Some(node),
                    Some(_) if matches!(node.value, Value::Null) => {}
                    Some(_) => return Err(Broken::at(start, "it holds more than one document")),
                }
            }
        }
    }
    Ok(document.unwrap_or(Node { place: Place { start: (1, 1), end: None }, value: Value::Null }))
}

/// Builds the tree from the parser's events.
struct Tree<'a> {
    parser: Parser<'a, StrInput<'a>>,
    source: &'a Indented<'a>,
    /// Where the last event began.
    end: Position,
}

impl<'a> Tree<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Broken> {
        let next = self.parser.next_event().transpose();
        let next = next.map_err(|error| Broken::at(self.position(*error.marker()), error.info()))?;
        if let Some((_, span)) = next {
            self.end = self.position(span.start);
        }
        Ok(next)
    }

    /// The value that begins with `event`.
    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node<'a>, Broken> {
        let start = self.position(span.start);
        if depth > MAX_DEPTH {
            return Err(Broken::too_deep(start));
        }
        // Of all other values the parser's end takes in what follows, comments for instance.
        let end = matches!(event, Event::Scalar(_, ScalarStyle::Plain, ..))
            .then(|| self.position(span.end))
            .filter(|end| start < *end);
        let value = match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if is_null(&text) => Value::Null,
            Event::Scalar(text, ..) => Value::Scalar(text),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                while let Some(item) = self.child(depth)? {
                    items.push(item);
                }
                // Room for growing would be most of what small ones take.
                items.shrink_to_fit();
                Value::Sequence(items)
            }
            Event::MappingStart(..) => {
                let mut entries = Vec::new();
                while let Some(key) = self.child(depth)? {
                    let value = self.child(depth)?.ok_or_else(|| self.cut_short())?;
                    entries.push((key, value));
                }
                entries.shrink_to_fit();
                Value::Mapping(entries)
            }
            Event::Alias(_) => Value::Alias,
            _ => return Err(self.cut_short()),
        };
        Ok(Node { place: Place { start, end }, value })
    }

    /// The next value within the current one, or nothing at its end.
    fn child(&mut self, depth: usize) -> Result<Option<Node<'a>>, Broken> {
        match self.next()? {
            Some((Event::SequenceEnd | Event::MappingEnd, _)) => Ok(None),
            Some((event, span)) => self.node(event, span, depth + 1).map(Some),
            None => Err(self.cut_short()),
        }
    }

    /// The parser counts lines from one and columns from zero.
    fn position(&self, marker: Marker) -> Position {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (number(marker.line()).max(1), number(self.source.column(marker)).saturating_add(1))
    }

    fn cut_short(&self) -> Broken {
        Broken::at(self.end, "it ends in the middle of a value")
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}
