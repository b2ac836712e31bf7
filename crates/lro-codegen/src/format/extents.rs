//! Where expressions end, and of what links chains are made. That is looked up before anything is printed, because the last link decides about
//! the box around all of them.

use super::lexer::Kind;
use super::printer::Printer;

/// An expression with what is called and read on it.
pub(super) struct Chain {
    pub(super) links: Vec<Link>,
    pub(super) start: usize,
    /// The position behind it.
    pub(super) end: usize,
}

/// One step of a chain, at the position of its first token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) at: usize,
    pub(super) kind: LinkKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkKind {
    /// `(…)`.
    Call,
    /// `.name(…)`.
    Method,
    /// `.name` or `.await`.
    Field,
    /// `?`.
    Question,
}

impl Printer<'_> {
    /// Finds the links of the expression that begins here.
    pub(super) fn chain(&mut self) -> Option<Chain> {
        let start = self.position();
        let mut links = Vec::new();
        if self.is_whole(start) {
            return Some(Chain { links, start, end: self.end_of_whole(start)? });
        }
        let mut at = self.end_of_first(start)?;
        loop {
            let token = self.token_at(at);
            let kind = match token.text {
                "(" if token.kind == Kind::Open => LinkKind::Call,
                "?" => LinkKind::Question,
                "." => {
                    let name = self.token_at(at + 1);
                    if !matches!(name.kind, Kind::Word | Kind::Number) {
                        return None;
                    }
                    match self.token_at(at + 2).text {
                        "(" => LinkKind::Method,
                        "::" => return None,
                        _ => LinkKind::Field,
                    }
                }
                // The ends of expressions. What else comes here makes another kind of expression of them.
                "," | ";" | ")" | "]" | "{" | "}" | "" => break,
                "=" if self.token_at(at + 1).text != "=" => break,
                _ => return None,
            };
            links.push(Link { at, kind });
            at = match kind {
                LinkKind::Call => token.close + 1,
                LinkKind::Question => at + 1,
                LinkKind::Field => at + 2,
                LinkKind::Method => self.token_at(at + 2).close + 1,
            };
        }
        Some(Chain { links, start, end: at })
    }

    /// Whether an expression is no chain because of what it begins with.
    pub(super) fn is_whole(&self, start: usize) -> bool {
        matches!(self.token_at(start).text, "&" | "*" | "#" | "|" | "move" | "if" | "match")
    }

    /// The position behind an expression that is no chain.
    pub(super) fn end_of_whole(&self, start: usize) -> Option<usize> {
        match self.token_at(start).text {
            "|" => Some(self.end_of_expression(self.find("|", start + 1)?)),
            "move" => Some(self.end_of_expression(self.find("|", start + 2)?)),
            "if" | "match" => {
                let after = self.token_at(self.find("{", start)?).close + 1;
                // A call on it would be another expression.
                (!matches!(self.token_at(after).text, "." | "?" | "(")).then_some(after)
            }
            _ => Some(self.end_of_expression(start)),
        }
    }

    /// The position of the next mark of a kind.
    fn find(&self, mark: &str, start: usize) -> Option<usize> {
        let mut at = start;
        while self.token_at(at).text != mark {
            if self.token_at(at).kind == Kind::End {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// The position behind what a chain begins with.
    fn end_of_first(&self, start: usize) -> Option<usize> {
        let token = self.token_at(start);
        match (token.kind, token.text) {
            (Kind::Text, _) => Some(start + 1),
            (Kind::Number, _) => (self.token_at(start + 1).text != ".").then_some(start + 1),
            (Kind::Word, "async" | "return" | "let" | "unsafe" | "while" | "for" | "loop" | "break") => None,
            (Kind::Word, _) | (_, "::" | "<") => {
                let end = self.end_of_path(start)?;
                let next = self.token_at(end);
                match next.text {
                    "!" => None,
                    "{" if self.is_struct(start) => Some(next.close + 1),
                    _ => Some(end),
                }
            }
            (Kind::Open, "(") => {
                let is_empty = token.close == start + 1;
                is_empty.then_some(start + 2)
            }
            _ => None,
        }
    }

    /// Whether what begins here is the name of a type, which braces make a value of.
    pub(super) fn is_struct(&self, start: usize) -> bool {
        self.token_at(start).text.starts_with(|first: char| first.is_ascii_uppercase())
    }

    pub(super) fn end_of_path(&self, start: usize) -> Option<usize> {
        let mut at = start;
        if self.token_at(at).text == "<" {
            at = self.end_of_angles(at)?;
        }
        if self.token_at(at).text == "::" {
            at += 1;
        }
        loop {
            if self.token_at(at).kind != Kind::Word {
                return None;
            }
            at += 1;
            if self.token_at(at).text == "::" && self.token_at(at + 1).text == "<" {
                at = self.end_of_angles(at + 1)?;
            }
            if self.token_at(at).text != "::" {
                return Some(at);
            }
            at += 1;
        }
    }

    fn end_of_angles(&self, start: usize) -> Option<usize> {
        let (mut at, mut depth) = (start, 0);
        loop {
            let token = self.token_at(at);
            match token.text {
                "<" => depth += 1,
                ">" => depth -= 1,
                _ if token.kind == Kind::End => return None,
                _ if token.kind == Kind::Open => at = token.close,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }

    /// The position of the comma, semicolon or bracket that ends an expression.
    pub(super) fn end_of_expression(&self, start: usize) -> usize {
        let mut at = start;
        loop {
            let token = self.token_at(at);
            match token.kind {
                Kind::End | Kind::Close => return at,
                Kind::Open => at = token.close,
                _ if matches!(token.text, "," | ";") => return at,
                _ => {}
            }
            at += 1;
        }
    }
}
