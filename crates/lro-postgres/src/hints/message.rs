//! Hints as the text of a notification: the sender, then a line for each.

use lro_store::{Change, OperationName, StopReason};

/// PostgreSQL takes payloads of less than 8,000 bytes.
const LONGEST: usize = 7_900;

/// Fills texts one after the other.
pub(super) struct Writer<'a> {
    sender: &'a str,
    full: Vec<String>,
    text: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(sender: &'a str) -> Self {
        Self { sender, full: Vec::new(), text: String::new() }
    }

    /// Adds a hint: what it is, of what, and why. What is too long for any text becomes a hint to look at everything.
    pub(super) fn push(&mut self, kind: &str, subject: &str, detail: &str) {
        let line = match detail {
            "" => format!("\n{kind} {subject}"),
            _ => format!("\n{kind} {subject} {detail}"),
        };
        if self.sender.len() + line.len() > LONGEST || subject.contains(['\n', ' ']) {
            return self.push("r", "", "");
        }
        if self.text.len() + line.len() > LONGEST {
            self.full.push(std::mem::take(&mut self.text));
        }
        if self.text.is_empty() {
            self.text.push_str(self.sender);
        }
        self.text.push_str(&line);
    }

    pub(super) fn finish(mut self) -> Vec<String> {
        if !self.text.is_empty() {
            self.full.push(self.text);
        }
        self.full
    }
}

/// The hints of a text, unless this sender has sent it. What cannot be read, such as that of a newer version, becomes a
/// hint to look at everything.
pub(super) fn read(text: &str, own: &str) -> Vec<Change> {
    let mut lines = text.lines();
    if lines.next() == Some(own) {
        return Vec::new();
    }
    lines.map(|line| hint(line).unwrap_or(Change::Resync)).collect()
}

fn hint(line: &str) -> Option<Change> {
    let (kind, rest) = line.split_once(' ')?;
    let name = |text: &str| OperationName::parse(text).ok();
    Some(match kind {
        "c" => Change::Claimable(rest.into()),
        "d" => Change::Done(name(rest)?),
        "x" => Change::Deleted(name(rest)?),
        "s" => {
            let (subject, reason) = rest.split_once(' ')?;
            Change::StopRequested(name(subject)?, StopReason::from_column(reason)?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::pending::Pending;
    use super::*;

    fn name(text: &str) -> OperationName {
        OperationName::parse(&format!("operations/{text}")).unwrap()
    }

    #[test]
    fn hints_read_back_as_they_are() {
        let hints = [
            Change::Claimable("/test.Sérvice/Work".into()),
            Change::StopRequested(name("a"), StopReason::Preempted(name("b"))),
            Change::StopRequested(name("c"), StopReason::Cancelled),
            Change::Done(name("d")),
            Change::Deleted(name("e")),
        ];
        let mut pending = Pending::default();
        hints.iter().cloned().for_each(|hint| pending.push(hint));
        let texts = pending.take("me");
        assert_eq!(texts.len(), 1);
        assert_eq!(read(&texts[0], "other"), hints);
        assert_eq!(read(&texts[0], "me"), [], "one's own are known");
        assert!(pending.is_empty());
    }

    #[test]
    fn many_hints_are_several_texts_that_fit() {
        let mut pending = Pending::default();
        (0..2_000).for_each(|number| pending.push(Change::Done(name(&format!("{number:030}")))));
        let texts = pending.take("me");
        assert!(texts.len() > 1 && texts.iter().all(|text| text.len() < 8_000));
        assert_eq!(texts.iter().flat_map(|text| read(text, "")).count(), 2_000);
    }

    #[test]
    fn what_cannot_be_told_is_a_reason_to_look_at_everything() {
        let mut pending = Pending::default();
        pending.push(Change::Claimable("a method\nwith lines".into()));
        assert_eq!(read(&pending.take("me")[0], ""), [Change::Resync]);
        (0..30_000).for_each(|number| pending.push(Change::Done(name(&number.to_string()))));
        assert_eq!(
            pending.take("me").iter().flat_map(|text| read(text, "")).collect::<Vec<_>>(),
            [Change::Resync]
        );
        assert_eq!(read("newer\nq something", "me"), [Change::Resync]);
    }
}
