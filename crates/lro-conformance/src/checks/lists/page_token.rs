//! The page tokens of `ListOperations`.

use tonic::Code;

use crate::check::{Check, check};
use crate::probe::{Probe, Stop, Verdict, ensure, fail, list_request, new_id};
use crate::source::Source::Aip;
use crate::wire::{ListOperationsRequest, ListOperationsResponse, Operation, Show as _};

pub(in crate::checks) const CHECKS: &[Check] = &[
    check!(
        Must,
        "page-token/url-safe",
        [Aip(158)],
        "a page token consists of characters that are safe in URLs",
        url_safe
    ),
    check!(
        Must,
        "page-token/opaque",
        [Aip(158)],
        "a page token is no number and no text, also not in base 64, and shows no id of an operation",
        opaque
    ),
    check!(
        May,
        "page-token/without-names",
        [Aip(158)],
        "nor, in base 64, the id of an operation",
        without_names
    ),
    check!(
        Must,
        "page-token/page-size-may-change",
        [Aip(158)],
        "another page size with a token is honoured",
        other_size
    ),
    check!(
        Should,
        "page-token/again",
        [Aip(158)],
        "a token can be used again, with the same page as the answer",
        again
    ),
    check!(
        Must,
        "page-token/garbage-is-no-fault-of-the-server",
        [Aip(158), Aip(193)],
        "what never was a token is answered with a code that blames the caller",
        garbage_blames
    ),
    check!(Should, "page-token/garbage", [Aip(158)], "what never was a token is INVALID_ARGUMENT", garbage),
    check!(
        Should,
        "page-token/tampered",
        [Aip(158)],
        "a token in which one character was changed is INVALID_ARGUMENT",
        tampered
    ),
    check!(
        Should,
        "page-token/other-filter",
        [Aip(158)],
        "a token with another filter is INVALID_ARGUMENT",
        other_filter
    ),
    check!(
        Should,
        "page-token/other-parent",
        [Aip(158)],
        "a token with another parent is INVALID_ARGUMENT",
        other_parent
    ),
];

/// A request of small pages, and the first page.
async fn first(probe: &Probe<'_>) -> Verdict<(ListOperationsRequest, ListOperationsResponse)> {
    let collection = probe.collection().await?;
    let request = ListOperationsRequest { page_size: 2, ..list_request(&collection.name) };
    let page = probe.server().page_with_token(&request).await?;
    Ok((request, page))
}

async fn url_safe(probe: &Probe<'_>) -> Verdict {
    let (_, page) = first(probe).await?;
    // Unreserved, and `=`, which pads base 64 and need not be escaped in the value of a parameter.
    let safe = |char: char| char.is_ascii_alphanumeric() || "-._~=".contains(char);
    ensure(page.next_page_token.chars().all(safe), "letters, digits and -._~=", page.next_page_token)
}

async fn opaque(probe: &Probe<'_>) -> Verdict {
    let (_, page) = first(probe).await?;
    let token = &page.next_page_token;
    ensure(!token.chars().all(|char| char.is_ascii_digit()), "no number", token)?;
    let shown = page.operations.iter().find(|operation| token.contains(id(operation)));
    ensure(shown.is_none(), "nothing of an operation", token)?;
    // Base 64 of a text hides nothing; of a message, it does for this purpose.
    let is_text = |bytes: Vec<u8>| !bytes.is_empty() && bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
    ensure(!from_base64(token).is_some_and(is_text), "no text in base 64", token)
}

async fn without_names(probe: &Probe<'_>) -> Verdict {
    let (_, page) = first(probe).await?;
    let token = &page.next_page_token;
    let bytes = from_base64(token).unwrap_or_default();
    let shown = |operation: &&Operation| {
        let id = id(operation).as_bytes();
        bytes.windows(id.len().max(1)).any(|part| part == id)
    };
    let shown = page.operations.iter().find(shown);
    shown.map_or(Ok(()), |operation| {
        Err(fail(format!("a token that does not have {} in it, in base 64", operation.name), token))
    })
}

/// The last segment of its name.
fn id(operation: &Operation) -> &str {
    operation.name.rsplit('/').next().unwrap_or_default()
}

/// A text as bytes, if it is base 64 of either alphabet, with or without padding.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for char in text.trim_end_matches('=').bytes() {
        let value = match char {
            b'A'..=b'Z' => char - b'A',
            b'a'..=b'z' => char - b'a' + 26,
            b'0'..=b'9' => char - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

fn next(request: &ListOperationsRequest, token: &str) -> ListOperationsRequest {
    ListOperationsRequest { page_token: token.to_owned(), ..request.clone() }
}

async fn other_size(probe: &Probe<'_>) -> Verdict {
    let (request, page) = first(probe).await?;
    let request = ListOperationsRequest { page_size: 1, ..next(&request, &page.next_page_token) };
    let second = probe.server().list(&request).await.ok()?;
    ensure(second.operations.len() <= 1, "at most 1 operation", second.show())
}

async fn again(probe: &Probe<'_>) -> Verdict {
    let (request, page) = first(probe).await?;
    let request = next(&request, &page.next_page_token);
    let pages = [probe.server().list(&request).await.ok()?, probe.server().list(&request).await.ok()?];
    let names = pages.each_ref().map(|page| page.operations.iter().map(name).collect::<Vec<_>>());
    ensure(names[0] == names[1], pages[0].show(), pages[1].show())
}

fn name(operation: &Operation) -> &str {
    &operation.name
}

async fn garbage_blames(probe: &Probe<'_>) -> Verdict {
    let (request, _) = first(probe).await?;
    for token in ["garbage", "\u{e4}\u{0}", "AAAA", &"a".repeat(10_000)] {
        if let Ok(page) = probe.server().list(&next(&request, token)).await.ok_or_refused()? {
            return Err(fail("a token that the server never gave is refused", page.show()));
        }
    }
    Ok(())
}

async fn garbage(probe: &Probe<'_>) -> Verdict {
    let (request, _) = first(probe).await?;
    refused(probe, &next(&request, &new_id())).await
}

async fn refused(probe: &Probe<'_>, request: &ListOperationsRequest) -> Verdict {
    probe.server().list(request).await.refused(&[Code::InvalidArgument]).map(drop)
}

async fn tampered(probe: &Probe<'_>) -> Verdict {
    let (request, page) = first(probe).await?;
    let token = page.next_page_token;
    // The first, the middle and a late character; the very last one may have bits that count for nothing.
    for place in [0, token.len() / 2, token.len().saturating_sub(3)] {
        let changed: String = token
            .char_indices()
            .map(|(at, char)| match (at == place, char) {
                (false, char) => char,
                (true, 'B') => 'C',
                (true, _) => 'B',
            })
            .collect();
        refused(probe, &next(&request, &changed)).await?;
    }
    Ok(())
}

async fn other_filter(probe: &Probe<'_>) -> Verdict {
    let (request, page) = first(probe).await?;
    let filter = "done = true".to_owned();
    let filtered = ListOperationsRequest { filter: filter.clone(), ..request.clone() };
    let reply = probe.server().list(&filtered).await;
    match &reply.result {
        Err(status) if status.code() == Code::Unimplemented => {
            return Err(Stop::NotImplemented("the server does not filter".to_owned()));
        }
        _ => drop(reply.ok()?),
    }
    let request = ListOperationsRequest { filter, ..next(&request, &page.next_page_token) };
    refused(probe, &request).await
}

async fn other_parent(probe: &Probe<'_>) -> Verdict {
    let (request, page) = first(probe).await?;
    let name = format!("parents/{}", new_id());
    refused(probe, &ListOperationsRequest { name, ..next(&request, &page.next_page_token) }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_in_both_alphabets() {
        assert_eq!(from_base64("MTAw").as_deref(), Some(&b"100"[..]));
        assert_eq!(from_base64("-_8=").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(from_base64("+/8").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(from_base64("a!"), None);
    }
}
