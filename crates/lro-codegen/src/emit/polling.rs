//! Polling settings, as Rust and in words.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::duration::{duration, words};
use crate::service_config::PollingSettings;

/// `Polling::new().with_…`, with a call for each setting that is not the default. Without a service config clients wait without a limit, so the
/// limit is always said.
pub(super) fn tokens(settings: &PollingSettings) -> TokenStream {
    let default = PollingSettings::default();
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
    let total_timeout = duration(settings.total_timeout);
    quote!(Polling::new() #initial_delay #multiplier #max_delay .with_total_timeout(#total_timeout))
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
