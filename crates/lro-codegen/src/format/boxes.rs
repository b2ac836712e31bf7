//! Lines that are broken where they would be too long: boxes within boxes, after Oppen, as prettyplease and rustc do it.
//!
//! A box is laid out on one line if it fits there together with what follows it up to the next place to break. Otherwise its breaks become line
//! ends: all of them in a consistent box, and in another those after which the next piece would not fit. Whether something fits is known as
//! soon as a line's width of it was seen, so no more than that waits in the queue.

use std::collections::VecDeque;

/// How many columns a line may have, and how many it has at least, however deep it is indented.
const WIDTH: isize = 89;
const LEAST_WIDTH: isize = 60;

/// The width of what never fits.
const INFINITE: isize = 0xffff;

/// The columns of one level of indentation.
pub(super) const INDENT: isize = 4;

/// A place where a line may end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Break {
    /// Columns that the next line is indented more than its box.
    pub(super) offset: isize,
    /// The blanks where the line does not end.
    pub(super) blanks: isize,
    /// What is written before the end of the line, and after it.
    pub(super) before: Option<char>,
    pub(super) after: &'static str,
    /// What is written where the line does not end.
    pub(super) unbroken: Option<char>,
    /// Whether there is no break if its box ends here.
    pub(super) unless_last: bool,
    /// Whether the line never ends here: what is before it is known to fit without what comes after.
    pub(super) never: bool,
}

#[derive(Debug, Clone, Copy)]
enum Token<'a> {
    Text(&'a str),
    Break(Break),
    Begin { offset: isize, consistent: bool },
    End,
}

#[derive(Debug)]
struct Entry<'a> {
    token: Token<'a>,
    /// Its width, of a break or box together with what belongs to it; negative until that is known.
    size: isize,
}

#[derive(Debug, Clone, Copy)]
enum Frame {
    Fits,
    /// The indentation around the box.
    Broken {
        indent: isize,
        consistent: bool,
    },
}

/// Takes texts, breaks and boxes, and writes lines.
#[derive(Debug)]
pub(super) struct Boxes<'a> {
    out: String,
    /// Columns left on the line.
    space: isize,
    /// What is not written yet, and how many entries there were before its first.
    queue: VecDeque<Entry<'a>>,
    gone: usize,
    /// The width of all that was written, and of all that came in.
    left: isize,
    right: isize,
    /// The entries whose size is not known yet, by their number.
    open: VecDeque<usize>,
    frames: Vec<Frame>,
    indent: isize,
    /// Blanks to write before the next text, so that no line ends with any.
    pending: usize,
}

impl<'a> Boxes<'a> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            out: String::with_capacity(capacity),
            space: WIDTH,
            queue: VecDeque::new(),
            gone: 0,
            left: 0,
            right: 0,
            open: VecDeque::new(),
            frames: Vec::new(),
            indent: 0,
            pending: 0,
        }
    }

    pub(super) fn finish(mut self) -> String {
        if !self.open.is_empty() {
            self.settle();
            self.write_known();
        }
        self.out
    }

    /// Begins a box, all of whose breaks end the line if one does.
    pub(super) fn consistent(&mut self, offset: isize) {
        self.begin(offset, true);
    }

    /// Begins a box that is filled line by line.
    pub(super) fn filled(&mut self, offset: isize) {
        self.begin(offset, false);
    }

    fn begin(&mut self, offset: isize, consistent: bool) {
        if self.open.is_empty() {
            self.start_over();
        }
        self.push_open(Token::Begin { offset, consistent });
    }

    pub(super) fn end(&mut self) {
        if self.open.is_empty() {
            self.write_end();
            return;
        }
        if let Some(Entry { token: Token::Break(last), .. }) = self.queue.back() {
            let last = *last;
            let is_empty = self.queue.len() >= 2
                && matches!(self.queue[self.queue.len() - 2].token, Token::Begin { .. });
            if is_empty || last.unless_last {
                let dropped = if is_empty { 2 } else { 1 };
                self.queue.truncate(self.queue.len() - dropped);
                self.open.truncate(self.open.len() - dropped);
                self.right -= last.blanks;
            }
            if is_empty {
                return;
            }
        }
        self.queue.push_back(Entry { token: Token::End, size: -1 });
        self.open.push_back(self.gone + self.queue.len() - 1);
    }

    /// Ends a box that is broken where it has more than so many columns, even if the line has room for it.
    pub(super) fn end_within(&mut self, most: isize) {
        let mut depth = 1;
        for number in self.open.iter().rev() {
            let entry = &self.queue[number - self.gone];
            match entry.token {
                Token::Begin { .. } => depth -= 1,
                Token::End => depth += 1,
                Token::Break(_) | Token::Text(_) => {}
            }
            if depth == 0 {
                if entry.size < 0 && entry.size + self.right > most {
                    self.queue.push_back(Entry { token: Token::Text(""), size: INFINITE });
                    self.right += INFINITE;
                }
                break;
            }
        }
        self.end();
    }

    pub(super) fn break_with(&mut self, token: Break) {
        if self.open.is_empty() {
            self.start_over();
        } else {
            self.settle();
        }
        self.push_open(Token::Break(token));
        self.right += token.blanks;
    }

    /// A break without a blank, a blank, the end of a line in any case, the same unless it ends its box.
    pub(super) fn zero_break(&mut self) {
        self.break_with(Break::default());
    }

    pub(super) fn space(&mut self) {
        self.break_with(Break { blanks: 1, ..Break::default() });
    }

    pub(super) fn space_unless_last(&mut self) {
        self.break_with(Break { blanks: 1, unless_last: true, ..Break::default() });
    }

    pub(super) fn line_end(&mut self) {
        self.break_with(Break { blanks: INFINITE, ..Break::default() });
    }

    pub(super) fn line_end_unless_last(&mut self) {
        self.break_with(Break { blanks: INFINITE, unless_last: true, ..Break::default() });
    }

    pub(super) fn never_break(&mut self) {
        self.break_with(Break { never: true, ..Break::default() });
    }

    /// After an element of a list: a comma that the last one has only where the line ends.
    pub(super) fn comma(&mut self, is_last: bool) {
        self.comma_and(is_last, 0);
    }

    /// The same where a blank comes before the bracket that closes the list.
    pub(super) fn comma_or_space(&mut self, is_last: bool) {
        self.comma_and(is_last, 1);
    }

    fn comma_and(&mut self, is_last: bool, blanks: isize) {
        if is_last {
            self.break_with(Break { blanks, before: Some(','), ..Break::default() });
        } else {
            self.text(",");
            self.space();
        }
    }

    /// Indents what follows the break that was last by so many columns more.
    pub(super) fn shift(&mut self, columns: isize) {
        if let Some(Entry { token: Token::Break(token), .. }) = self.queue.back_mut() {
            token.offset += columns;
        }
    }

    /// Ends a list: what closes it stands as deep as what opened it.
    pub(super) fn end_list(&mut self) {
        self.shift(-INDENT);
        self.end();
    }

    pub(super) fn text(&mut self, text: &'a str) {
        if self.open.is_empty() {
            self.write_text(text);
            return;
        }
        let size = width(text);
        self.queue.push_back(Entry { token: Token::Text(text), size });
        self.right += size;
        // What is longer than the line does not fit, whatever else belongs to it.
        while self.right - self.left > self.space {
            if self.open.front() == Some(&self.gone) {
                self.open.pop_front();
                self.queue[0].size = INFINITE;
            }
            self.write_known();
            if self.queue.is_empty() {
                break;
            }
        }
    }

    fn start_over(&mut self) {
        (self.left, self.right) = (1, 1);
        self.gone += self.queue.len();
        self.queue.clear();
    }

    fn push_open(&mut self, token: Token<'a>) {
        self.queue.push_back(Entry { token, size: -self.right });
        self.open.push_back(self.gone + self.queue.len() - 1);
    }

    /// Finds the sizes of what ends where a break comes: the boxes that were closed since the last one, and that break.
    fn settle(&mut self) {
        let mut depth = 0;
        while let Some(number) = self.open.back() {
            let entry = &mut self.queue[number - self.gone];
            match entry.token {
                Token::Begin { .. } if depth == 0 => break,
                Token::Begin { .. } => {
                    entry.size += self.right;
                    depth -= 1;
                }
                Token::End => {
                    entry.size = 1;
                    depth += 1;
                }
                Token::Break(_) | Token::Text(_) => entry.size += self.right,
            }
            let is_break = matches!(entry.token, Token::Break(_));
            self.open.pop_back();
            if is_break && depth == 0 {
                break;
            }
        }
    }

    /// Writes what has a size.
    fn write_known(&mut self) {
        while let Some(&Entry { token, size }) = self.queue.front().filter(|entry| entry.size >= 0) {
            self.queue.pop_front();
            self.gone += 1;
            match token {
                Token::Text(text) => {
                    self.left += size;
                    self.write_text(text);
                }
                Token::Break(token) => {
                    self.left += token.blanks;
                    self.write_break(token, size);
                }
                Token::Begin { offset, consistent } => self.write_begin(offset, consistent, size),
                Token::End => self.write_end(),
            }
        }
    }

    fn write_begin(&mut self, offset: isize, consistent: bool, size: isize) {
        if size > self.space {
            self.frames.push(Frame::Broken { indent: self.indent, consistent });
            self.indent += offset;
        } else {
            self.frames.push(Frame::Fits);
        }
    }

    fn write_end(&mut self) {
        if let Some(Frame::Broken { indent, .. }) = self.frames.pop() {
            self.indent = indent;
        }
    }

    fn write_break(&mut self, token: Break, size: isize) {
        let fits = token.never
            || match self.frames.last() {
                Some(Frame::Fits) => true,
                Some(Frame::Broken { consistent: true, .. }) => false,
                Some(Frame::Broken { consistent: false, .. }) | None => size <= self.space,
            };
        if fits {
            self.pending += token.blanks.unsigned_abs();
            self.space -= token.blanks;
            if let Some(letter) = token.unbroken {
                self.out.push(letter);
                self.space -= 1;
            }
            return;
        }
        if let Some(letter) = token.before {
            self.write_blanks();
            self.out.push(letter);
        }
        self.out.push('\n');
        let indent = self.indent + token.offset;
        self.pending = indent.unsigned_abs();
        self.space = (WIDTH - indent).max(LEAST_WIDTH);
        if !token.after.is_empty() {
            self.write_text(token.after);
        }
    }

    fn write_text(&mut self, text: &str) {
        self.write_blanks();
        self.out.push_str(text);
        self.space -= width(text);
    }

    fn write_blanks(&mut self) {
        const BLANKS: &str = "                                                                ";
        while self.pending > 0 {
            let count = self.pending.min(BLANKS.len());
            self.out.push_str(&BLANKS[..count]);
            self.pending -= count;
        }
    }
}

/// Bytes, as prettyplease counts.
fn width(text: &str) -> isize {
    isize::try_from(text.len()).unwrap_or(INFINITE)
}
