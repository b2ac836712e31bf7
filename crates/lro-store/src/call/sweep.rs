//! What a store has made of operations that nobody wrote to.

use crate::View;

/// What one [`reclaim`](crate::Store::reclaim) or [`expire`](crate::Store::expire) has done. Nobody else learns of
/// these changes from an answer, so whoever called is the one who can tell of the operations that have ended by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sweep {
    /// How many operations it has changed.
    pub count: usize,
    /// Those of them that have ended by it, as they now are, in any order.
    pub ended: Vec<View>,
}

impl Sweep {
    /// One that has changed nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts an operation that it has changed, as it now is.
    pub fn push(&mut self, after: View) {
        self.count += 1;
        if after.is_done() {
            self.ended.push(after);
        }
    }

    /// Adds what another one has done to other operations.
    pub fn append(&mut self, mut other: Self) {
        self.count += other.count;
        self.ended.append(&mut other.ended);
    }
}

impl FromIterator<View> for Sweep {
    /// One that has changed these operations, as they now are.
    fn from_iter<I: IntoIterator<Item = View>>(changed: I) -> Self {
        let mut sweep = Self::new();
        sweep.extend(changed);
        sweep
    }
}

impl Extend<View> for Sweep {
    fn extend<I: IntoIterator<Item = View>>(&mut self, changed: I) {
        changed.into_iter().for_each(|after| self.push(after));
    }
}
