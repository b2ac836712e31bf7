//! The calls that a store has.

use std::fmt;

/// A method of [`Store`](lro_store::Store) that can fail. `changes` is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StoreMethod {
    /// [`Store::create`](lro_store::Store::create).
    Create,
    /// [`Store::get`](lro_store::Store::get).
    Get,
    /// [`Store::find_by_request`](lro_store::Store::find_by_request).
    FindByRequest,
    /// [`Store::list`](lro_store::Store::list).
    List,
    /// [`Store::delete`](lro_store::Store::delete).
    Delete,
    /// [`Store::request_cancel`](lro_store::Store::request_cancel).
    RequestCancel,
    /// [`Store::keep_alive`](lro_store::Store::keep_alive).
    KeepAlive,
    /// [`Store::leave`](lro_store::Store::leave).
    Leave,
    /// [`Store::reclaim`](lro_store::Store::reclaim).
    Reclaim,
    /// [`Store::held`](lro_store::Store::held).
    Held,
    /// [`Store::claim`](lro_store::Store::claim).
    Claim,
    /// [`Store::report`](lro_store::Store::report).
    Report,
    /// [`Store::finish`](lro_store::Store::finish).
    Finish,
    /// [`Store::release`](lro_store::Store::release).
    Release,
    /// [`Store::expire`](lro_store::Store::expire).
    Expire,
    /// [`Store::purge`](lro_store::Store::purge).
    Purge,
}

impl StoreMethod {
    /// How many there are.
    pub(super) const COUNT: usize = 16;

    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Create,
        Self::Get,
        Self::FindByRequest,
        Self::List,
        Self::Delete,
        Self::RequestCancel,
        Self::KeepAlive,
        Self::Leave,
        Self::Reclaim,
        Self::Held,
        Self::Claim,
        Self::Report,
        Self::Finish,
        Self::Release,
        Self::Expire,
        Self::Purge,
    ];

    /// The name of the method.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get",
            Self::FindByRequest => "find_by_request",
            Self::List => "list",
            Self::Delete => "delete",
            Self::RequestCancel => "request_cancel",
            Self::KeepAlive => "keep_alive",
            Self::Leave => "leave",
            Self::Reclaim => "reclaim",
            Self::Held => "held",
            Self::Claim => "claim",
            Self::Report => "report",
            Self::Finish => "finish",
            Self::Release => "release",
            Self::Expire => "expire",
            Self::Purge => "purge",
        }
    }

    /// Its place in [`ALL`](Self::ALL).
    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for StoreMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One method is a slice of methods, so that functions take one or several.
impl AsRef<[StoreMethod]> for StoreMethod {
    fn as_ref(&self) -> &[StoreMethod] {
        std::slice::from_ref(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_has_its_own_place() {
        for (at, method) in StoreMethod::ALL.into_iter().enumerate() {
            assert_eq!((method.index(), method.as_ref()), (at, &[method][..]), "{method}");
        }
    }
}
