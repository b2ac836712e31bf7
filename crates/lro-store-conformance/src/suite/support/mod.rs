//! What tests are written with.

mod calls;
mod values;

pub(super) use self::calls::*;
pub(super) use self::values::*;
