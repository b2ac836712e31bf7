//! Times, as Rust and in words.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// `Duration::from_secs(60)`, or in the unit that the time needs.
pub(super) fn duration(time: Duration) -> TokenStream {
    let (seconds, nanos) = (Literal::u64_unsuffixed(time.as_secs()), time.subsec_nanos());
    if nanos == 0 {
        return quote!(Duration::from_secs(#seconds));
    }
    match u64::try_from(time.as_millis()) {
        Ok(millis) if nanos % 1_000_000 == 0 => {
            let millis = Literal::u64_unsuffixed(millis);
            quote!(Duration::from_millis(#millis))
        }
        _ => {
            let nanos = Literal::u32_unsuffixed(nanos);
            quote!(Duration::new(#seconds, #nanos))
        }
    }
}

/// In the largest unit that divides it: `2 h`, `20 min`, `90 s`, `1.5 s`.
pub(super) fn words(time: Duration) -> String {
    let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
    match (seconds, nanos) {
        (_, 1..) => format!("{seconds}.{} s", format!("{nanos:09}").trim_end_matches('0')),
        (0, 0) => "no time".to_owned(),
        _ if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        _ if seconds % 60 == 0 => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}
