//! Implementations, and what they and traits hold.

use super::boxes::INDENT;
use super::printer::{Known, Printer};

impl Printer<'_> {
    pub(super) fn implementation(&mut self) -> Known {
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
    pub(super) fn associated(&mut self) -> Known {
        self.attributes()?;
        match self.after_visibility() {
            "type" => self.associated_type()?,
            "fn" | "async" => self.function()?,
            "const" => self.constant()?,
            _ => return None,
        }
        self.boxes.line_end();
        Some(())
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
