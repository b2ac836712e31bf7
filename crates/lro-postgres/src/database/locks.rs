//! Names of the locks that protect decisions which no row can.
//!
//! Two things of one number wait for each other without need, which costs time and nothing else.

use lro_store::{ExclusiveKey, WorkerId};

/// The locks of one schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Space(u64);

impl Space {
    pub(crate) fn new(schema: &str) -> Self {
        Self(hash(OFFSET, schema.as_bytes()))
    }

    /// Held shared by what gives work to a worker, and alone by what ends it.
    pub(crate) fn worker(self, worker: &WorkerId) -> i64 {
        self.number(b'w', worker.as_str())
    }

    /// Held by what creates or claims under a key.
    pub(crate) fn key(self, key: &ExclusiveKey) -> i64 {
        self.number(b'k', key.as_str())
    }

    pub(crate) fn key_text(self, key: &str) -> i64 {
        self.number(b'k', key)
    }

    /// Held by who changes the schema.
    pub(crate) fn migration(self) -> i64 {
        self.number(b'm', "")
    }

    fn number(self, kind: u8, text: &str) -> i64 {
        hash(hash(self.0, &[0xff, kind]), text.as_bytes()).cast_signed()
    }
}

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, because all versions of all processes must come to the same number.
fn hash(begin: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(begin, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_as_they_are_for_ever() {
        let space = Space::new("lro");
        let key = ExclusiveKey::new("shelves/1").unwrap();
        assert_eq!(space.key(&key), space.key_text("shelves/1"));
        assert_ne!(space.key(&key), space.worker(&WorkerId::new("shelves/1")));
        assert_ne!(space.key(&key), Space::new("other").key(&key));
        assert_eq!(hash(OFFSET, b"a"), 0xaf63_dc4c_8601_ec8c, "the published value of FNV-1a");
    }
}
