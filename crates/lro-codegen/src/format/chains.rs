//! Chains of calls and fields.

use super::boxes::{INDENT, columns};
use super::extents::{Chain, Link, LinkKind};
use super::lexer::Kind;
use super::printer::{Known, Printer};

impl Printer<'_> {
    /// Prints an expression with all that is called and read on it: either all on one line, or with a line for each name.
    pub(super) fn print_chain(&mut self, chain: &Chain, at_line_start: bool) -> Known {
        let is_named = |link: &Link| matches!(link.kind, LinkKind::Field | LinkKind::Method);
        // What comes after the last name is behind the box, because it breaks within its own brackets.
        let boxed = chain.links.iter().rposition(is_named).map_or(0, |last| last + 1);
        if boxed > 0 {
            self.boxes.consistent(INDENT);
            self.boxes.consistent(-INDENT);
        }
        self.first(chain)?;
        if boxed > 0 {
            self.boxes.end();
        }
        let is_called = chain.links.iter().any(|link| link.kind == LinkKind::Call);
        let is_short = at_line_start && !is_called && self.is_short(chain);
        for (position, link) in chain.links.iter().enumerate() {
            match link.kind {
                LinkKind::Question => {
                    self.expect("?")?;
                    self.boxes.text("?");
                }
                LinkKind::Call => self.arguments()?,
                LinkKind::Field | LinkKind::Method => {
                    if position > 0 || !is_short {
                        self.boxes.zero_break();
                    }
                    self.link_name()?;
                }
            }
            if link.kind == LinkKind::Method {
                self.boxes.consistent(if is_short && boxed == 1 { -INDENT } else { 0 });
                self.arguments()?;
                self.boxes.end();
            }
            if position + 1 == boxed {
                self.boxes.end();
            }
        }
        (self.position() == chain.end).then_some(())
    }

    /// A dot and the name after it.
    fn link_name(&mut self) -> Known {
        self.expect(".")?;
        self.boxes.text(".");
        let name = self.next().text;
        self.boxes.text(name);
        Some(())
    }

    /// Whether a chain begins with a name that is no longer than an indentation, which is left on one line with what follows.
    fn is_short(&self, chain: &Chain) -> bool {
        let first = self.token_at(chain.start);
        let end = chain.links.first().map_or(chain.end, |link| link.at);
        first.kind == Kind::Word && end == chain.start + 1 && columns(first.text) <= INDENT
    }

    fn arguments(&mut self) -> Known {
        let open = self.peek();
        self.expect("(")?;
        self.boxes.text("(");
        let first = self.peek();
        let is_block = match (first.kind, first.text) {
            (_, "|" | "(") | (Kind::Word, "move") => true,
            (Kind::Word, _) => self.is_struct_alone(open.close),
            _ => false,
        };
        if is_block && self.is_last_argument(open.close)? {
            self.expression()?;
            self.take(",");
            self.expect(")")?;
            self.boxes.text(")");
            return Some(());
        }
        self.list(")", Self::expression)
    }

    /// Whether no other argument follows the next one.
    fn is_last_argument(&self, close: usize) -> Option<bool> {
        let start = self.position();
        let end =
            if self.is_whole(start) { self.end_of_whole(start)? } else { self.end_of_expression(start) };
        Some(end == close || (end + 1 == close && self.token_at(end).text == ","))
    }

    /// Whether the value of a struct is all that there is up to the end.
    fn is_struct_alone(&self, end: usize) -> bool {
        let close = self.token_at(end - 1);
        close.text == "}"
            && self.end_of_path(self.position()).is_some_and(|path| {
                let open = self.token_at(path);
                open.text == "{" && open.close == end - 1
            })
    }
}
