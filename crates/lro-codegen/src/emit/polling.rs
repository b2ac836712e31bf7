//! Polling settings, as Rust and in words.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::service_config::PollingSettings;

/// `Polling::new().with_…`, with a call for each setting that is not the default; nothing where all of them are.
pub(super) fn tokens(settings: &PollingSettings) -> Option<TokenStream> {
    let default = PollingSettings::default();
    if *settings == default {
        return None;
    }
    let initial_delay = (settings.initial_delay != default.initial_delay).then(|| {
        let time = duration(settings.initial_delay);
        quote!(.with_initial_delay(#time))
    });
    let multiplier = (settings.multiplier.total_cmp(&default.multiplier).is_ne()).then(|| {
        let factor = Literal::f64_unsuffixed(settings.multiplier);
        quote!(.with_multiplier(#factor))
    });
    let max_delay = (settings.max_delay != default.max_delay).then(|| {
        let time = duration(settings.max_delay);
        quote!(.with_max_delay(#time))
    });
    let total_timeout = (settings.total_timeout != default.total_timeout).then(|| {
        let time = duration(settings.total_timeout);
        quote!(.with_total_timeout(#time))
    });
    Some(quote!(Polling::new() #initial_delay #multiplier #max_delay #total_timeout))
}

/// What the settings mean for whoever waits, in one line.
pub(super) fn in_words(settings: &PollingSettings) -> String {
    let [first, longest, total] =
        [settings.initial_delay.min(settings.max_delay), settings.max_delay, settings.total_timeout]
            .map(words);
    if first == longest || settings.multiplier <= 1.0 {
        return format!("Clients look every {first}, for {total} in all.");
    }
    let factor = settings.multiplier;
    format!(
        "Clients wait {first} before the first look, then {factor} times as long before each next one, \
         up to {longest}; {total} in all."
    )
}

fn duration(time: Duration) -> TokenStream {
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
fn words(time: Duration) -> String {
    let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
    match (seconds, nanos) {
        (_, 1..) => format!("{seconds}.{} s", format!("{nanos:09}").trim_end_matches('0')),
        (0, 0) => "no time".to_owned(),
        _ if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        _ if seconds % 60 == 0 => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}
