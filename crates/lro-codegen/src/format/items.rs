//! Items: modules, structs, enums, constants and imports.

use super::boxes::{Break, INDENT};
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
        match self.after_visibility() {
            "use" => self.import()?,
            "const" => self.constant()?,
            "struct" => self.definition("struct ", Self::field_line)?,
            "enum" => self.definition("enum ", Self::variant)?,
            "mod" => self.definition("mod ", Self::item)?,
            "trait" => self.definition("trait ", Self::associated)?,
            "impl" => self.implementation()?,
            _ => return None,
        }
        self.boxes.line_end();
        Some(())
    }

    /// The word that says what an item is.
    pub(super) fn after_visibility(&self) -> &str {
        match (self.peek().text, self.peek_second()) {
            ("pub", next) if next.text == "(" => self.token_at(next.close + 1).text,
            ("pub", next) => next.text,
            (word, _) => word,
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
            self.elements("}", None, Self::import_tree)?;
            self.boxes.end();
            self.boxes.break_with(Break::COMMA);
            self.boxes.indent_last(-INDENT);
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

    pub(super) fn constant(&mut self) -> Known {
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

    /// What has a name and a body in braces; `line` prints one thing of the body, with the end of its line.
    fn definition(&mut self, word: &'static str, line: fn(&mut Self) -> Known) -> Known {
        self.boxes.consistent(INDENT);
        self.visibility()?;
        self.expect(word.trim_end())?;
        self.boxes.text(word);
        self.word()?;
        if word == "mod " {
            self.boxes.text(" ");
            return self.body(line);
        }
        self.generics()?;
        if word == "struct " && self.take(";") {
            self.boxes.text(";");
            self.boxes.end();
            return Some(());
        }
        if word == "trait " && self.take(":") {
            self.boxes.text(": ");
            self.bounds(|printer| printer.boxes.text(" + "))?;
        }
        self.where_clause()?;
        self.body(line)
    }

    /// Ends a line with a comma, whether the last one had it or not.
    fn comma_line(&mut self) -> Known {
        if !self.take(",") && !self.is_next("}") {
            return None;
        }
        self.boxes.text(",");
        self.boxes.line_end();
        Some(())
    }

    fn field_line(&mut self) -> Known {
        self.field()?;
        self.comma_line()
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

    fn variant(&mut self) -> Known {
        self.attributes()?;
        self.word()?;
        if self.take("(") {
            self.boxes.text("(");
            self.list(")", Self::field)?;
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
        self.comma_line()
    }
}
