//! Items: modules, structs, enums, traits, implementations, constants and imports.

use super::boxes::INDENT;
use super::lexer::Kind;
use super::printer::{Known, Printer};

impl Printer<'_> {
    /// All items of a file.
    pub(super) fn file(&mut self) -> Known {
        self.boxes.consistent(0);
        while self.peek().kind != Kind::End {
            self.item()?;
        }
        self.boxes.end();
        Some(())
    }

    fn item(&mut self) -> Known {
        self.attributes()?;
        let word = self.after_visibility();
        match word {
            "use" => self.import()?,
            "const" => self.constant()?,
            "struct" => self.structure()?,
            "enum" => self.enumeration()?,
            "mod" => self.module()?,
            "trait" => self.trait_definition()?,
            "impl" => self.implementation()?,
            _ => return None,
        }
        self.boxes.line_end();
        Some(())
    }

    /// The word that says what an item is.
    fn after_visibility(&self) -> &str {
        let at = self.position();
        match (self.peek().text, self.peek_second()) {
            ("pub", next) if next.text == "(" => self.token_at(next.close + 1).text,
            ("pub", next) => next.text,
            _ => self.token_at(at).text,
        }
    }

    pub(super) fn visibility(&mut self) -> Known {
        if !self.take("pub") {
            return Some(());
        }
        if !self.take("(") {
            self.boxes.text("pub ");
            return Some(());
        }
        self.expect("crate")?;
        self.expect(")")?;
        self.boxes.text("pub(");
        self.boxes.text("crate");
        self.boxes.text(") ");
        Some(())
    }

    fn import(&mut self) -> Known {
        self.visibility()?;
        self.expect("use")?;
        self.boxes.text("use ");
        if self.take("::") {
            self.boxes.text("::");
        }
        self.import_tree()?;
        self.expect(";")?;
        self.boxes.text(";");
        Some(())
    }

    fn import_tree(&mut self) -> Known {
        if self.take("*") {
            self.boxes.text("*");
            return Some(());
        }
        if self.take("{") {
            // One name needs no braces, and groups within a group have lines of their own.
            let close = self.token_at(self.position() - 1).close;
            let inner = self.position()..close;
            if !inner.clone().any(|at| self.token_at(at).text == ",")
                || inner.clone().any(|at| self.token_at(at).kind == Kind::Open)
            {
                return None;
            }
            self.boxes.consistent(INDENT);
            self.boxes.text("{");
            self.boxes.zero_break();
            self.boxes.filled(0);
            self.elements("}", Self::import_tree, |printer, is_last| {
                if !is_last {
                    printer.boxes.text(",");
                    printer.boxes.space();
                }
            })?;
            self.boxes.end();
            self.boxes.comma(true);
            self.boxes.shift(-INDENT);
            self.boxes.text("}");
            self.boxes.end();
            return Some(());
        }
        self.word()?;
        if self.take("::") {
            self.boxes.text("::");
            return self.import_tree();
        }
        if self.take("as") {
            self.boxes.text(" as ");
            self.word()?;
        }
        Some(())
    }

    fn constant(&mut self) -> Known {
        self.boxes.consistent(0);
        self.visibility()?;
        self.expect("const")?;
        self.boxes.text("const ");
        self.word()?;
        self.expect(":")?;
        self.boxes.text(": ");
        self.ty()?;
        self.expect("=")?;
        self.boxes.text(" = ");
        self.boxes.never_break();
        self.expression()?;
        self.expect(";")?;
        self.boxes.text(";");
        self.boxes.end();
        Some(())
    }

    fn structure(&mut self) -> Known {
        self.boxes.consistent(INDENT);
        self.visibility()?;
        self.expect("struct")?;
        self.boxes.text("struct ");
        self.word()?;
        self.generics()?;
        if self.take(";") {
            self.boxes.text(";");
            self.boxes.end();
            return Some(());
        }
        if !self.is_next("{") {
            return None;
        }
        self.boxes.text(" ");
        self.body(|printer| {
            printer.field()?;
            if !printer.take(",") && !printer.is_next("}") {
                return None;
            }
            printer.boxes.text(",");
            printer.boxes.line_end();
            Some(())
        })
    }

    /// A field, with a name or, in a variant, without.
    fn field(&mut self) -> Known {
        self.attributes()?;
        self.visibility()?;
        if self.peek_second().text == ":" {
            self.word()?;
            self.next();
            self.boxes.text(": ");
        }
        self.ty()
    }

    fn enumeration(&mut self) -> Known {
        self.boxes.consistent(INDENT);
        self.visibility()?;
        self.expect("enum")?;
        self.boxes.text("enum ");
        self.word()?;
        self.boxes.text(" ");
        self.body(|printer| {
            printer.variant()?;
            if !printer.take(",") && !printer.is_next("}") {
                return None;
            }
            printer.boxes.text(",");
            printer.boxes.line_end();
            Some(())
        })
    }

    fn variant(&mut self) -> Known {
        self.attributes()?;
        self.word()?;
        if self.take("(") {
            self.boxes.consistent(INDENT);
            self.boxes.text("(");
            self.boxes.zero_break();
            self.elements(")", Self::field, |printer, is_last| printer.boxes.comma(is_last))?;
            self.boxes.shift(-INDENT);
            self.boxes.text(")");
            self.boxes.end();
        }
        if self.take("=") {
            self.boxes.text(" = ");
            if self.take("-") {
                self.boxes.text("-");
            }
            let number = self.next();
            if number.kind != Kind::Number {
                return None;
            }
            self.boxes.text(number.text);
        }
        Some(())
    }

    fn module(&mut self) -> Known {
        self.boxes.consistent(INDENT);
        self.visibility()?;
        self.expect("mod")?;
        self.boxes.text("mod ");
        self.word()?;
        self.boxes.text(" ");
        self.body(Self::item)
    }

    fn trait_definition(&mut self) -> Known {
        self.boxes.consistent(INDENT);
        self.visibility()?;
        self.expect("trait")?;
        self.boxes.text("trait ");
        self.word()?;
        self.generics()?;
        if self.take(":") {
            self.boxes.text(": ");
            self.bounds(|printer| printer.boxes.text(" + "))?;
        }
        self.where_clause()?;
        self.body(Self::associated)
    }

    fn implementation(&mut self) -> Known {
        self.boxes.consistent(INDENT);
        self.boxes.filled(-INDENT);
        self.boxes.consistent(INDENT);
        self.expect("impl")?;
        self.boxes.text("impl");
        self.generics()?;
        self.boxes.end();
        self.boxes.text(" ");
        self.ty()?;
        if self.take("for") {
            self.boxes.space();
            self.boxes.text("for ");
            self.ty()?;
        }
        self.boxes.end();
        self.where_clause()?;
        self.body(Self::associated)
    }

    /// What a trait or an implementation holds.
    fn associated(&mut self) -> Known {
        self.attributes()?;
        match self.after_visibility() {
            "type" => self.associated_type()?,
            "fn" => self.function()?,
            // `const fn` does not come up.
            "async" if self.after_visibility_is_async_fn() => self.function()?,
            "const" => self.constant()?,
            _ => return None,
        }
        self.boxes.line_end();
        Some(())
    }

    fn after_visibility_is_async_fn(&self) -> bool {
        let visible = usize::from(self.is_next("pub"));
        let next = self.token_at(self.position() + visible);
        let from = if next.text == "(" { next.close + 1 } else { self.position() + visible };
        self.token_at(from).text == "async" && self.token_at(from + 1).text == "fn"
    }

    fn associated_type(&mut self) -> Known {
        self.boxes.consistent(INDENT);
        self.visibility()?;
        self.expect("type")?;
        self.boxes.text("type ");
        self.word()?;
        if self.take(":") {
            self.boxes.text(": ");
            self.bounds(|printer| {
                printer.boxes.space();
                printer.boxes.text("+ ");
            })?;
        }
        if self.take("=") {
            self.boxes.text(" = ");
            self.boxes.never_break();
            self.boxes.filled(-INDENT);
            self.ty()?;
            self.boxes.end();
        }
        self.expect(";")?;
        self.boxes.text(";");
        self.boxes.end();
        Some(())
    }
}
