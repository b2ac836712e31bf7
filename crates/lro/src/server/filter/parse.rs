//! From text to tree, by the grammar of AIP-160.
//!
//! ```text
//! expression  = sequence { AND sequence }
//! sequence    = factor { factor }
//! factor      = term { OR term }
//! term        = [ NOT | "-" ] simple
//! simple      = restriction | "(" expression ")"
//! restriction = member [ op ( member | "(" expression ")" ) ]
//! member      = value { "." value }
//! ```

use super::error::{FilterError, quote};
use super::scan::Scanner;
use super::tree::{Arg, Expr, Literal, Restriction};

/// The longest filter, in bytes.
pub(super) const MAX_LEN: usize = 4_096;

/// How deep parentheses may be within each other.
pub(super) const MAX_DEPTH: usize = 32;

/// How many comparisons a filter may have, because each is made with every operation that is looked at.
pub(super) const MAX_COMPARISONS: usize = 100;

/// How many segments the path of a field may have.
const MAX_SEGMENTS: usize = 64;

/// Reads a filter; `None` if there is nothing in it.
pub(super) fn parse(text: &str) -> Result<Option<Expr>, FilterError> {
    if text.len() > MAX_LEN {
        let message = format!("the filter has {} bytes; at most {MAX_LEN} are allowed", text.len());
        return Err(FilterError::new(0, message));
    }
    let mut parser = Parser { scanner: Scanner::new(text), depth: 0, comparisons: 0 };
    parser.scanner.skip_spaces();
    if parser.scanner.is_at_end() {
        return Ok(None);
    }
    let expression = parser.expression()?;
    parser.scanner.skip_spaces();
    if parser.scanner.is_at_end() { Ok(Some(expression)) } else { Err(parser.unexpected()) }
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    depth: usize,
    comparisons: usize,
}

impl Parser<'_> {
    fn expression(&mut self) -> Result<Expr, FilterError> {
        let mut parts = vec![self.sequence()?];
        while self.scanner.eat_word_between("AND") {
            parts.push(self.sequence()?);
        }
        Ok(one_or(parts, Expr::And))
    }

    fn sequence(&mut self) -> Result<Expr, FilterError> {
        let mut parts = vec![self.factor()?];
        loop {
            let before = self.scanner.at();
            let is_over = !self.scanner.skip_spaces()
                || self.scanner.is_at_end()
                || self.scanner.peek() == Some(')')
                || self.scanner.is_at_word("AND");
            if is_over {
                self.scanner.back_to(before);
                return Ok(one_or(parts, Expr::And));
            }
            parts.push(self.factor()?);
        }
    }

    fn factor(&mut self) -> Result<Expr, FilterError> {
        let mut parts = vec![self.term()?];
        while self.scanner.eat_word_between("OR") {
            parts.push(self.term()?);
        }
        Ok(one_or(parts, Expr::Or))
    }

    fn term(&mut self) -> Result<Expr, FilterError> {
        if self.scanner.is_at_word("NOT") {
            self.scanner.back_to(self.scanner.at() + "NOT".len());
            self.scanner.skip_spaces();
        } else if !self.scanner.eat('-') {
            return self.simple();
        }
        Ok(Expr::Not(Box::new(self.simple()?)))
    }

    fn simple(&mut self) -> Result<Expr, FilterError> {
        if self.scanner.peek() == Some('(') {
            return self.composite();
        }
        let path = self.member()?;
        self.comparisons += 1;
        if self.comparisons > MAX_COMPARISONS {
            let message = format!("the filter compares more than {MAX_COMPARISONS} times");
            return Err(FilterError::new(path[0].at, message));
        }
        let before = self.scanner.at();
        self.scanner.skip_spaces();
        let Some(op) = self.scanner.eat_op() else {
            self.scanner.back_to(before);
            return Ok(Expr::Bare(one_literal(path)?));
        };
        self.scanner.skip_spaces();
        if path.len() > MAX_SEGMENTS {
            let message = format!("the field has {} parts; at most {MAX_SEGMENTS} are allowed", path.len());
            return Err(FilterError::new(path[0].at, message));
        }
        let arg = if self.scanner.peek() == Some('(') {
            Arg::Composite(Box::new(self.composite()?))
        } else {
            let value = one_literal(self.member()?)?;
            self.check_end_of_value(&value)?;
            Arg::Value(value)
        };
        Ok(Expr::Restriction(Restriction { path, op, arg }))
    }

    fn composite(&mut self) -> Result<Expr, FilterError> {
        let at = self.scanner.at();
        if self.depth == MAX_DEPTH {
            let message = format!("parentheses are within each other more than {MAX_DEPTH} times");
            return Err(FilterError::new(at, message));
        }
        self.depth += 1;
        self.scanner.eat('(');
        self.scanner.skip_spaces();
        let expression = self.expression()?;
        self.scanner.skip_spaces();
        if !self.scanner.eat(')') {
            if !self.scanner.is_at_end() {
                return Err(self.unexpected());
            }
            return Err(FilterError::new(at, "the parenthesis that opens here is not closed"));
        }
        self.depth -= 1;
        Ok(expression)
    }

    fn member(&mut self) -> Result<Vec<Literal>, FilterError> {
        let first = self.scanner.literal()?;
        let is_word = !first.quoted && matches!(first.text.as_str(), "AND" | "OR" | "NOT");
        let at = first.at;
        let mut path = vec![first];
        while self.scanner.eat('.') {
            path.push(self.scanner.literal()?);
        }
        if self.scanner.peek() == Some('(') {
            return Err(FilterError::new(at, "filters have no functions here"));
        }
        if is_word {
            let word = &path[0].text;
            return Err(FilterError::new(
                at,
                format!("there is `{word}` where a field or a value should be"),
            ));
        }
        Ok(path)
    }

    /// Explains what most likely has gone wrong when a value goes on with what no value has: a time without quotes.
    fn check_end_of_value(&self, value: &Literal) -> Result<(), FilterError> {
        if self.scanner.peek() != Some(':') {
            return Ok(());
        }
        let message = format!("the value {} goes on with `:`; write it in double quotes", quote(&value.text));
        Err(FilterError::new(self.scanner.at(), message))
    }

    fn unexpected(&self) -> FilterError {
        let next = self.scanner.peek().map(String::from).unwrap_or_default();
        FilterError::new(
            self.scanner.at(),
            format!("there is {} that belongs to nothing before it", quote(&next)),
        )
    }
}

fn one_or(mut parts: Vec<Expr>, several: fn(Vec<Expr>) -> Expr) -> Expr {
    if parts.len() == 1 { parts.remove(0) } else { several(parts) }
}

/// A value that was written with dots, such as `1.5` or `v1.library`: one text.
fn one_literal(mut path: Vec<Literal>) -> Result<Literal, FilterError> {
    if path.len() == 1 {
        return Ok(path.remove(0));
    }
    if let Some(quoted) = path.iter().find(|part| part.quoted) {
        return Err(FilterError::new(
            quoted.at,
            "quotes are in the middle of a value; put all of it in quotes",
        ));
    }
    let mut whole = Literal { at: path[0].at, ..Literal::default() };
    for (index, part) in path.into_iter().enumerate() {
        if index > 0 {
            whole.text.push('.');
        }
        whole.stars.extend(part.stars.iter().map(|star| star + whole.text.len()));
        whole.text.push_str(&part.text);
    }
    Ok(whole)
}
