//! Lines of text, and the room that is left on the last one.

/// How many columns a line may have, and how many it has at least, however deep it is indented.
const WIDTH: i32 = 89;
const LEAST_WIDTH: i32 = 60;

/// The width of what never fits.
pub(super) const INFINITE: i32 = 0xffff;

#[derive(Debug)]
pub(super) struct Lines {
    out: String,
    space: i32,
    /// Blanks to write before the next text, so that no line ends with any.
    blanks: i32,
}

impl Lines {
    pub(super) fn new(capacity: usize) -> Self {
        Self { out: String::with_capacity(capacity), space: WIDTH, blanks: 0 }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// The columns that are left on the line.
    pub(super) fn space(&self) -> i32 {
        self.space
    }

    pub(super) fn text(&mut self, text: &str) {
        self.write_blanks();
        self.out.push_str(text);
        self.space -= columns(text);
    }

    pub(super) fn letter(&mut self, letter: Option<char>) {
        if let Some(letter) = letter {
            self.write_blanks();
            self.out.push(letter);
            self.space -= 1;
        }
    }

    pub(super) fn blanks(&mut self, count: i32) {
        self.blanks += count;
        self.space -= count;
    }

    /// Ends the line, and indents the next one.
    pub(super) fn end(&mut self, indent: i32) {
        self.out.push('\n');
        self.blanks = indent;
        self.space = (WIDTH - indent).max(LEAST_WIDTH);
    }

    fn write_blanks(&mut self) {
        const BLANKS: &str = "                                                                ";
        let mut count = usize::try_from(std::mem::take(&mut self.blanks)).unwrap_or(0);
        while count > 0 {
            let some = count.min(BLANKS.len());
            self.out.push_str(&BLANKS[..some]);
            count -= some;
        }
    }
}

/// Bytes, as prettyplease counts.
pub(in super::super) fn columns(text: &str) -> i32 {
    i32::try_from(text.len()).unwrap_or(INFINITE)
}
