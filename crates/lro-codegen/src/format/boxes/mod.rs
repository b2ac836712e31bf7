//! Text in boxes, and where its lines end: the boxes are those of Oppen ("Prettyprinting", 1980), which prettyplease and rustc have too.
//!
//! A box is laid out on one line if it fits there together with what follows it up to the next place to break. Otherwise its breaks become line
//! ends: all of them in a consistent box, and in a filled one those after which the next piece would not fit.
//!
//! What is printed is recorded first. Nothing fits if there is a line end within it, so whenever one comes that is there in any case, all that
//! was recorded can be laid out: one pass from the back measures, and one from the front writes. Records are short, a statement or a field.

mod lines;
#[cfg(test)]
mod tests;

pub(super) use self::lines::columns;
use self::lines::{INFINITE, Lines};

/// The columns of one level of indentation.
pub(super) const INDENT: i32 = 4;

/// A place where a line may end; widths are in columns.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Break {
    pub(super) when: When,
    /// How much more than its box the next line is indented.
    pub(super) indent: i32,
    /// The blanks where the line goes on.
    pub(super) blanks: i32,
    /// What the line ends with, what the next one begins with, and what is there where the line goes on.
    pub(super) before: Option<char>,
    pub(super) after: Option<char>,
    pub(super) instead: Option<char>,
}

/// When a line ends at a break.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum When {
    /// Where its box does not fit.
    #[default]
    Needed,
    Always,
    /// Always, but for a break that is the last thing in its box.
    AlwaysUnlessLast,
    /// Never, but what comes before it is measured without what comes after.
    Never,
}

impl Break {
    /// After the last element of a list: a comma where the line ends.
    pub(super) const COMMA: Self =
        Self { when: When::Needed, indent: 0, blanks: 0, before: Some(','), after: None, instead: None };

    fn columns(self) -> i32 {
        match self.when {
            When::Needed | When::Never => self.blanks,
            When::Always | When::AlwaysUnlessLast => INFINITE,
        }
    }
}

/// How the lines of a box end.
#[derive(Debug, Clone, Copy)]
enum Layout {
    OneLine,
    Consistent,
    Filled,
}

/// What was recorded. The size of a box or break is the width from it to the next break, where boxes count as a whole.
#[derive(Debug)]
enum Entry<'a> {
    Text(&'a str),
    Break { place: Break, size: i32 },
    Begin { layout: Layout, indent: i32, widest: i32, size: i32 },
    End,
}

/// Takes texts, breaks and boxes, and writes lines.
#[derive(Debug)]
pub(super) struct Boxes<'a> {
    record: Vec<Entry<'a>>,
    /// The boxes around what is written next, each with its indentation.
    around: Vec<(Layout, i32)>,
    lines: Lines,
}

impl<'a> Boxes<'a> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { record: Vec::new(), around: Vec::new(), lines: Lines::new(capacity) }
    }

    pub(super) fn finish(mut self) -> String {
        self.lay_out();
        self.lines.finish()
    }

    pub(super) fn text(&mut self, text: &'a str) {
        self.record.push(Entry::Text(text));
    }

    /// Begins a box, all of whose breaks end the line if one does.
    pub(super) fn consistent(&mut self, indent: i32) {
        self.begin(Layout::Consistent, indent, INFINITE);
    }

    /// Begins a consistent box that is broken where it has more than so many columns, even if the line has room for it.
    pub(super) fn consistent_within(&mut self, widest: i32, indent: i32) {
        self.begin(Layout::Consistent, indent, widest);
    }

    /// Begins a box that is filled line by line.
    pub(super) fn filled(&mut self, indent: i32) {
        self.begin(Layout::Filled, indent, INFINITE);
    }

    fn begin(&mut self, layout: Layout, indent: i32, widest: i32) {
        self.record.push(Entry::Begin { layout, indent, widest, size: 0 });
    }

    pub(super) fn end(&mut self) {
        match self.record.as_mut_slice() {
            // A box that would hold nothing but a break is none.
            [.., Entry::Begin { .. }, Entry::Break { .. }] => {
                self.record.truncate(self.record.len() - 2);
                return;
            }
            [.., Entry::Break { place, .. }] if place.when == When::AlwaysUnlessLast => {
                *place = Break { when: When::Never, ..Break::default() };
            }
            _ => {}
        }
        self.record.push(Entry::End);
    }

    /// Ends a list: what closes it stands as deep as what opened it.
    pub(super) fn end_list(&mut self) {
        self.indent_last(-INDENT);
        self.end();
    }

    /// A break without a blank.
    pub(super) fn zero_break(&mut self) {
        self.break_with(Break::default());
    }

    pub(super) fn space(&mut self) {
        self.break_with(Break { blanks: 1, ..Break::default() });
    }

    pub(super) fn comma(&mut self) {
        self.text(",");
        self.space();
    }

    /// Ends the line, and with it what could have been on one line.
    pub(super) fn line_end(&mut self) {
        self.break_with(Break { when: When::Always, ..Break::default() });
    }

    pub(super) fn line_end_unless_last(&mut self) {
        self.break_with(Break { when: When::AlwaysUnlessLast, ..Break::default() });
    }

    /// No break, but what comes before it has to fit only as far as this.
    pub(super) fn never_break(&mut self) {
        self.break_with(Break { when: When::Never, ..Break::default() });
    }

    pub(super) fn break_with(&mut self, place: Break) {
        if place.when == When::Always {
            self.lay_out();
        }
        self.record.push(Entry::Break { place, size: 0 });
    }

    /// Indents what follows the break that was last by so many columns more.
    pub(super) fn indent_last(&mut self, columns: i32) {
        if let Some(Entry::Break { place, .. }) = self.record.last_mut() {
            place.indent += columns;
        }
    }

    /// Lays out what was recorded; a line end comes after it.
    fn lay_out(&mut self) {
        measure(&mut self.record);
        for entry in self.record.drain(..) {
            let (layout, indent) = self.around.last().copied().unwrap_or((Layout::Filled, 0));
            match entry {
                Entry::Text(text) => self.lines.text(text),
                Entry::Begin { size, .. } if size <= self.lines.space() => {
                    self.around.push((Layout::OneLine, indent));
                }
                Entry::Begin { layout, indent: more, .. } => self.around.push((layout, indent + more)),
                Entry::End => {
                    self.around.pop();
                }
                Entry::Break { place, size } => {
                    let ends = match (place.when, layout) {
                        (When::Never, _) | (When::Needed, Layout::OneLine) => false,
                        (When::Needed, Layout::Filled) => size > self.lines.space(),
                        _ => true,
                    };
                    if ends {
                        self.lines.letter(place.before);
                        self.lines.end(indent + place.indent);
                        self.lines.letter(place.after);
                    } else {
                        self.lines.blanks(place.blanks);
                        self.lines.letter(place.instead);
                    }
                }
            }
        }
    }
}

/// Finds the sizes of boxes and breaks.
fn measure(record: &mut [Entry<'_>]) {
    // The width of an entry and all that comes after it: of this one, and of the next break and the end of the box that it is in.
    let mut width = 0;
    let (mut next_break, mut end) = (0, 0);
    let mut around = Vec::new();
    for entry in record.iter_mut().rev() {
        match entry {
            Entry::Text(text) => width += columns(text),
            Entry::Break { place, size } => {
                width += place.columns();
                *size = width - next_break;
                next_break = width;
            }
            Entry::End => {
                around.push((next_break, end));
                end = width;
            }
            Entry::Begin { widest, size, .. } => {
                if width - end > *widest {
                    width += INFINITE;
                }
                // A box that has no end yet has a line end within it, and so has all that reaches beyond it.
                (next_break, end) = around.pop().unwrap_or((-INFINITE, 0));
                *size = width - next_break;
            }
        }
    }
}
