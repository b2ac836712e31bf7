//! Types and paths.

use super::boxes::INDENT;
use super::lexer::Kind;
use super::printer::{Known, Printer};

/// Where a path stands, which decides how its generics are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PathKind {
    /// `Vec<u8>`.
    Type,
    /// `Vec::<u8>`.
    Expression,
}

impl Printer<'_> {
    pub(super) fn ty(&mut self) -> Known {
        let token = self.peek();
        match token.text {
            "&" => {
                self.next();
                self.boxes.text("&");
                if self.peek().kind == Kind::Lifetime {
                    let lifetime = self.next().text;
                    self.boxes.text(lifetime);
                    self.boxes.text(" ");
                }
                self.optional("mut", "mut ");
                self.ty()
            }
            "(" => {
                self.next();
                // A type in parentheses is no tuple, and a tuple of one type has a comma.
                let is_empty = self.is_next(")");
                self.boxes.text("(");
                let mut count = 0;
                self.list(")", |printer| {
                    count += 1;
                    printer.ty()
                })?;
                (is_empty || count > 1).then_some(())
            }
            "impl" | "dyn" => {
                self.next();
                self.boxes.text(if token.text == "impl" { "impl " } else { "dyn " });
                self.bounds(|printer| printer.boxes.text(" + "))
            }
            _ => self.path(PathKind::Type),
        }
    }

    /// Bounds with a plus between them.
    pub(super) fn bounds(&mut self, mut between: impl FnMut(&mut Self)) -> Known {
        loop {
            if self.peek().kind == Kind::Lifetime {
                let lifetime = self.next().text;
                self.boxes.text(lifetime);
            } else if self.is_next("<") {
                return None;
            } else {
                self.path(PathKind::Type)?;
            }
            if !self.take("+") {
                return Some(());
            }
            between(self);
        }
    }

    /// A path without generics.
    pub(super) fn simple_path(&mut self) -> Known {
        if self.take("::") {
            self.boxes.text("::");
        }
        self.word()?;
        while self.take("::") {
            self.boxes.text("::");
            self.word()?;
        }
        Some(())
    }

    /// A path with or without generics, which may begin with `<Type as Trait>::`.
    pub(super) fn path(&mut self, kind: PathKind) -> Known {
        if self.take("<") {
            self.boxes.text("<");
            self.ty()?;
            if self.take("as") {
                self.boxes.text(" as ");
                self.path(PathKind::Type)?;
            }
            self.expect(">")?;
            self.boxes.text(">");
            self.expect("::")?;
            self.boxes.text("::");
        } else if self.take("::") {
            self.boxes.text("::");
        }
        loop {
            let word = self.peek().text;
            self.word()?;
            match kind {
                // The words of other types.
                PathKind::Type if matches!(word, "fn" | "for" | "unsafe" | "extern" | "mut" | "const") => {
                    return None;
                }
                PathKind::Type if self.is_next("<") => self.generic_arguments()?,
                // `Fn(A) -> B`.
                PathKind::Type if self.is_next("(") => return None,
                PathKind::Expression if self.is_next("::") && self.peek_second().text == "<" => {
                    self.next();
                    self.boxes.text("::");
                    self.generic_arguments()?;
                }
                _ => {}
            }
            if !self.take("::") {
                return Some(());
            }
            self.boxes.text("::");
        }
    }

    pub(super) fn generic_arguments(&mut self) -> Known {
        self.expect("<")?;
        if self.is_next(">") {
            return None;
        }
        self.boxes.text("<");
        let mut only_lifetimes = true;
        self.list(">", |printer| {
            if printer.peek().kind == Kind::Lifetime {
                // prettyplease would write it before the types.
                only_lifetimes.then_some(())?;
                let lifetime = printer.next().text;
                printer.boxes.text(lifetime);
                return Some(());
            }
            only_lifetimes = false;
            match (printer.peek().kind, printer.peek_second().text) {
                (Kind::Word, "=") => {
                    printer.word()?;
                    printer.next();
                    printer.boxes.text(" = ");
                    printer.ty()
                }
                (Kind::Word, ":") | (Kind::Number | Kind::Text | Kind::Open, _)
                    if printer.peek().text != "(" =>
                {
                    None
                }
                _ => printer.ty(),
            }
        })
    }

    /// What follows the name of an item: its generic parameters.
    pub(super) fn generics(&mut self) -> Known {
        if !self.take("<") {
            return Some(());
        }
        if self.is_next(">") {
            return None;
        }
        self.boxes.text("<");
        let mut only_lifetimes = true;
        self.list_indented(0, ">", |printer| {
            if printer.peek().kind == Kind::Lifetime {
                only_lifetimes.then_some(())?;
                let lifetime = printer.next().text;
                printer.boxes.text(lifetime);
                return (!printer.is_next(":")).then_some(());
            }
            only_lifetimes = false;
            if printer.is_next("const") {
                return None;
            }
            printer.word()?;
            printer.boxes.filled(INDENT);
            if printer.take(":") {
                printer.boxes.text(": ");
                printer.bounds(|printer| {
                    printer.boxes.space();
                    printer.boxes.text("+ ");
                })?;
            }
            printer.boxes.end();
            Some(())
        })
    }
}
