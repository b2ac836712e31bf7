//! One operation in memory.

use crate::{Payload, Record, View};

/// About how many bytes an operation takes beside its payloads: itself, its name, and its places in the indices.
const OVERHEAD: usize = 800;

/// One operation in memory.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) view: View,
    pub(super) request: Payload,
    pub(super) checkpoint: Option<Payload>,
}

impl Entry {
    pub(super) fn record(&self) -> Record {
        Record::new(self.view.clone(), self.request.clone(), self.checkpoint.clone())
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        OVERHEAD
            + self.view.size()
            + self.view.labels().size()
            + self.request.size()
            + self.checkpoint.as_ref().map_or(0, Payload::size)
    }

    /// About how many bytes a new operation will take.
    pub(super) fn size_of_new(operation: &crate::NewOperation) -> usize {
        OVERHEAD + operation.name().as_str().len() + operation.labels().size() + operation.payload_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Labels, NewOperation, OperationName, Timestamp};

    #[test]
    fn the_size_is_that_of_all_parts() {
        let name = OperationName::parse("operations/a").unwrap();
        let new =
            |request: &str| NewOperation::new(name.clone(), "/s/m", Payload::new("", request.to_owned()));
        let plain = Entry::size_of_new(&new(""));
        assert!(plain >= OVERHEAD + name.as_str().len());
        assert_eq!(Entry::size_of_new(&new("1234567")), plain + 7);
        let labelled = new("").with_labels(Labels::default().with("key", "value").unwrap());
        let labels = labelled.labels().size();
        assert!(labels >= 8);
        assert_eq!(Entry::size_of_new(&labelled), plain + labels);

        let entry = |new: NewOperation| {
            let Record { view, request, checkpoint, .. } = new.into_record(Timestamp::MIN, false);
            Entry { view, request, checkpoint }
        };
        let (bare, mut whole) = (entry(new("")), entry(labelled));
        assert_eq!(whole.size(), bare.size() + labels);
        assert_eq!(entry(new("1234567")).size(), bare.size() + 7);
        whole.checkpoint = Some(Payload::new("", "12345"));
        assert_eq!(whole.size(), bare.size() + labels + 5);
    }
}
