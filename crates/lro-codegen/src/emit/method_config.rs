//! How the call that starts an operation is made, as Rust and in words.

use heck::ToUpperCamelCase;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::duration::{duration, words};
use crate::service_config::{MethodConfig, RetryPolicy};

/// `.with_timeout(…)` and `.with_retry(…)`, as far as the config says anything.
pub(super) fn tokens(config: &MethodConfig) -> TokenStream {
    let timeout = config.timeout.map(|timeout| {
        let time = duration(timeout);
        quote!(.with_timeout(#time))
    });
    let retry = config.retry_policy.as_ref().map(|policy| {
        let policy = retry_policy(policy);
        quote!(.with_retry(#policy))
    });
    quote!(#timeout #retry)
}

/// What the config means for whoever starts an operation, in one line; nothing where it says nothing. A call whose request has no id is not
/// repeated, whatever the policy is.
pub(super) fn in_words(config: &MethodConfig, has_request_id: bool) -> Option<String> {
    let timeout = config.timeout.map(|timeout| {
        format!(
            "The call that starts an operation may take {}, unless the caller says how long.",
            words(timeout)
        )
    });
    let repeated = config.retry_policy.as_ref().filter(|_| has_request_id).map(|policy| {
        let subject = if timeout.is_some() { "It" } else { "The call that starts an operation" };
        let Some((last, others)) = policy.retryable_status_codes.split_last() else {
            return format!("{subject} is made once.");
        };
        let codes =
            if others.is_empty() { (*last).to_owned() } else { format!("{} or {last}", others.join(", ")) };
        let times = policy.max_attempts.map(|attempts| format!(", up to {attempts} times in all"));
        format!("{subject} is made again after {codes}{}.", times.unwrap_or_default())
    });
    let sentences: Vec<String> = timeout.into_iter().chain(repeated).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// `RetryPolicy::new().with_…`, with all that the policy says.
fn retry_policy(policy: &RetryPolicy) -> TokenStream {
    let codes = policy.retryable_status_codes.iter().map(|code| {
        let name = format_ident!("{}", code.to_upper_camel_case());
        quote!(Code::#name)
    });
    let [initial_backoff, max_backoff] = [policy.initial_backoff, policy.max_backoff].map(duration);
    let multiplier = Literal::f64_unsuffixed(policy.backoff_multiplier);
    let max_attempts = policy.max_attempts.map(|attempts| {
        let attempts = Literal::u32_unsuffixed(attempts);
        quote!(.with_max_attempts(#attempts))
    });
    quote! {
        RetryPolicy::new()
            .with_codes(&[#(#codes),*])
            .with_initial_backoff(#initial_backoff)
            .with_backoff_multiplier(#multiplier)
            .with_max_backoff(#max_backoff)
            #max_attempts
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::service_config::{ServiceConfig, Settings};

    /// What a config that says this means for a method whose requests have an id, and for one whose have none.
    fn words(settings: &str) -> [Option<String>; 2] {
        let text = format!("{{ \"methodConfig\": [{{ \"name\": [{{}}], {settings} }}] }}");
        let files = [ServiceConfig::new("all.json", text)];
        let read = Settings::read(&files, &[], &[], &mut crate::diagnostics::report::Report::default());
        let config = read.method_config("a.B", "C").unwrap();
        [true, false].map(|has_request_id| in_words(config, has_request_id))
    }

    fn policy(settings: &str) -> String {
        format!(
            "\"retryPolicy\": {{ \"initialBackoff\": \"1s\", \"maxBackoff\": \"1s\", \"backoffMultiplier\": 1, {settings} }}"
        )
    }

    #[test]
    fn sentences_say_what_is_done_and_nothing_of_what_is_not() {
        let limit = "The call that starts an operation may take 90 s, unless the caller says how long.";
        assert_eq!(words("\"waitForReady\": true"), [None, None]);
        assert_eq!(words("\"timeout\": \"90s\""), [Some(limit.to_owned()), Some(limit.to_owned())]);
        let codes = "\"retryableStatusCodes\": [\"ABORTED\", \"UNKNOWN\", \"UNAVAILABLE\"]";
        let both = format!("\"timeout\": \"90s\", {}", policy(&format!("\"maxAttempts\": 3, {codes}")));
        let sentence = "It is made again after ABORTED, UNKNOWN or UNAVAILABLE, up to 3 times in all.";
        assert_eq!(words(&both), [Some(format!("{limit} {sentence}")), Some(limit.to_owned())]);
        let once = "The call that starts an operation is made once.";
        assert_eq!(words(&policy("\"retryableStatusCodes\": []")), [Some(once.to_owned()), None]);
    }

    #[test]
    fn tokens_say_no_more_than_the_config() {
        let mut config = MethodConfig::default();
        assert_eq!(tokens(&config).to_string(), "");
        config.timeout = Some(Duration::from_millis(1500));
        let expected = quote!(.with_timeout(Duration::from_millis(1500)));
        assert_eq!(tokens(&config).to_string(), expected.to_string());
    }
}
