//! Chains of calls and fields.

use super::boxes::{INDENT, columns};
use super::extents::{Chain, Link, LinkKind};
use super::lexer::Kind;
use super::printer::{Known, Printer};

impl Printer<'_> {
    pub(super) fn print_chain(&mut self, chain: &Chain, at_line_start: bool) -> Known {
        let end = chain.end;
        self.whole(chain, &chain.links, at_line_start)?;
        (self.position() == end).then_some(())
    }

    /// A chain, or the part of one that something is done to.
    fn whole(&mut self, chain: &Chain, links: &[Link], at_line_start: bool) -> Known {
        let Some((last, rest)) = links.split_last() else { return self.first(chain) };
        match last.kind {
            LinkKind::Field => {
                self.boxes.consistent(INDENT);
                self.prefix(chain, links, at_line_start, false)?;
                self.boxes.end();
            }
            LinkKind::Method => {
                self.boxes.consistent(INDENT);
                let unindent = at_line_start && rest.is_empty() && self.is_short(chain);
                self.prefix(chain, links, at_line_start, unindent)?;
                self.boxes.end();
            }
            LinkKind::Call => {
                self.whole(chain, rest, false)?;
                self.arguments(last.at)?;
            }
            LinkKind::Question => {
                self.whole(chain, rest, at_line_start)?;
                self.expect("?")?;
                self.boxes.text("?");
            }
        }
        Some(())
    }

    /// The links of a chain that share one box.
    fn prefix(&mut self, chain: &Chain, links: &[Link], at_line_start: bool, unindent: bool) -> Known {
        let Some((last, rest)) = links.split_last() else {
            self.boxes.consistent(-INDENT);
            self.first(chain)?;
            self.boxes.end();
            return Some(());
        };
        match last.kind {
            LinkKind::Call => {
                self.prefix(chain, rest, false, false)?;
                self.arguments(last.at)?;
            }
            LinkKind::Question => {
                self.prefix(chain, rest, at_line_start, false)?;
                self.expect("?")?;
                self.boxes.text("?");
            }
            LinkKind::Field | LinkKind::Method => {
                self.prefix(chain, rest, at_line_start, false)?;
                if !(at_line_start && rest.is_empty() && self.is_short(chain)) {
                    self.boxes.zero_break();
                }
                self.go_to(last.at + 1);
                let name = self.next();
                self.boxes.text(if name.text == "await" { ".await" } else { "." });
                if name.text != "await" {
                    self.boxes.text(name.text);
                }
                if last.kind == LinkKind::Method {
                    self.boxes.consistent(if unindent { -INDENT } else { 0 });
                    self.arguments(last.at + 2)?;
                    self.boxes.end();
                }
            }
        }
        Some(())
    }

    /// Whether a chain begins with a name that is no longer than an indentation, which is left on one line with what follows.
    fn is_short(&self, chain: &Chain) -> bool {
        let first = self.token_at(chain.start);
        let end = chain.links.first().map_or(chain.end, |link| link.at);
        first.kind == Kind::Word && end == chain.start + 1 && columns(first.text) <= INDENT
    }

    fn arguments(&mut self, at: usize) -> Known {
        self.go_to(at);
        let open = self.next();
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
