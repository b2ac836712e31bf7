//! What strangers try.

use tonic::Code;

use crate::server::{Ask, Job, Server};

/// A request and its answer.
#[derive(Debug)]
pub(crate) struct Hostile {
    pub(crate) what: String,
    pub(crate) ask: Ask,
    pub(crate) expected: Expected,
}

/// What is to be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// Nothing is wrong with it after all.
    Ok,
    /// An error of this code that gives this reason.
    Reason(Code, &'static str),
    /// `INVALID_ARGUMENT` with this reason, of this field.
    Field(&'static str, &'static str),
    /// An error of this code, by tonic.
    OfTonic(Code),
}

const DENIED: Expected = Expected::Reason(Code::PermissionDenied, "OPERATION_DENIED");
const NAME: Expected = Expected::Field("INVALID_NAME", "name");
const TOKEN: Expected = Expected::Field("INVALID_PAGE_TOKEN", "page_token");
const TIMEOUT: Expected = Expected::Field("INVALID_TIMEOUT", "timeout");

pub(crate) async fn hostile(server: &Server) -> Vec<Hostile> {
    let parts = [
        names(),
        of_others(server),
        waits(server),
        pages(server),
        filters(),
        starts(),
        bodies(),
        callers(server),
    ];
    parts.into_iter().flatten().collect()
}

fn hostile_to(what: impl Into<String>, ask: Ask, expected: Expected) -> Hostile {
    Hostile { what: what.into(), ask, expected }
}

fn list(name: &str, page_size: i32, page_token: &str) -> Ask {
    let (name, page_token) = (name.to_owned(), page_token.to_owned());
    Ask::List { name, page_size, page_token, filter: String::new() }
}

/// Names that are none, of every RPC.
fn names() -> Vec<Hostile> {
    let long = format!("operations/{}", "a".repeat(1 << 20));
    let many = "a/".repeat(100_000) + "operations/b";
    let names = [
        ("nothing", ""),
        ("no id", "operations/"),
        ("a collection alone", "operations"),
        ("a slash before", "/operations/a"),
        ("an empty segment", "shelves//operations/a"),
        ("another resource", "shelves/1"),
        ("a space", "operations/a b"),
        ("a zero byte", "operations/a\0"),
        ("a line break", "operations/a\r\nx: y"),
        ("a wildcard", "shelves/-/operations/a"),
        ("a step up", "shelves/../operations/a"),
        ("a star", "operations/*"),
        ("letters that turn the text around", "operations/\u{202e}a"),
        ("a character of four bytes", "operations/\u{1f4a3}"),
        ("a quote", "operations/'; DROP TABLE operation; --"),
        ("a megabyte", &long),
        ("a hundred thousand segments", &many),
    ];
    let get =
        names.map(|(what, name)| hostile_to(format!("a name with {what}"), Ask::Get(name.to_owned()), NAME));
    let wait = |name: &str| Ask::Wait { name: name.to_owned(), timeout: None, header: None };
    let rest = [
        hostile_to("cancelling a malformed name", Ask::Cancel("operations/a b".to_owned()), NAME),
        hostile_to("deleting a malformed name", Ask::Delete("operations/a b".to_owned()), NAME),
        hostile_to("waiting for a malformed name", wait("operations/a b"), NAME),
        hostile_to("listing under a malformed name", list("shelves//1", 0, ""), NAME),
        hostile_to("listing under a megabyte", list(&"a".repeat(1 << 20), 0, ""), NAME),
    ];
    get.into_iter().chain(rest).collect()
}

/// What is somebody else's, and what is nobody's.
fn of_others(server: &Server) -> Vec<Hostile> {
    let missing = "operations/0000000000000000000000000";
    let wait = |name: &str, timeout| Ask::Wait { name: name.to_owned(), timeout, header: None };
    let zero = Some(prost_types::Duration::default());
    let all = |name: &str, whose: &str| {
        [
            hostile_to(format!("getting {whose}"), Ask::Get(name.to_owned()), DENIED),
            hostile_to(format!("cancelling {whose}"), Ask::Cancel(name.to_owned()), DENIED),
            hostile_to(format!("deleting {whose}"), Ask::Delete(name.to_owned()), DENIED),
            hostile_to(format!("waiting for {whose}"), wait(name, None), DENIED),
            hostile_to(format!("looking at {whose} by a wait"), wait(name, zero), DENIED),
        ]
    };
    let another_case = server.name.to_uppercase().replace("OPERATIONS", "operations");
    let mut requests = Vec::from(all(&server.name, "what is another's"));
    requests.extend(all(missing, "what is nobody's"));
    requests.push(hostile_to("a name in capitals", Ask::Get(another_case), DENIED));
    requests
}

/// Times that cannot be.
fn waits(server: &Server) -> Vec<Hostile> {
    let name = || server.name.clone();
    let own = |ask| Ask::As("alice".to_owned(), Box::new(ask));
    let timeout = |seconds, nanos| {
        own(Ask::Wait { name: name(), timeout: Some(prost_types::Duration { seconds, nanos }), header: None })
    };
    let header = |header| own(Ask::Wait { name: name(), timeout: None, header: Some(header) });
    vec![
        hostile_to("a negative timeout", timeout(-1, 0), TIMEOUT),
        hostile_to("the least timeout", timeout(i64::MIN, i32::MIN), TIMEOUT),
        hostile_to("nanoseconds of minutes", timeout(0, i32::MAX), TIMEOUT),
        hostile_to("seconds and nanoseconds of different signs", timeout(1, -1), TIMEOUT),
        hostile_to("the greatest timeout", timeout(i64::MAX, 999_999_999), Expected::Ok),
        hostile_to("a deadline of letters", header("soon"), Expected::Ok),
        hostile_to("a deadline of nine digits", header("999999999S"), Expected::Ok),
        hostile_to("the greatest deadline", header("99999999H"), Expected::Ok),
        hostile_to("a deadline without a unit", header("5"), Expected::Ok),
    ]
}

/// Pages that nobody has given.
fn pages(server: &Server) -> Vec<Hostile> {
    let own = |ask| Ask::As("alice".to_owned(), Box::new(ask));
    let token = server.token.as_str();
    let mut flipped = token.as_bytes().to_vec();
    flipped[20] ^= 1;
    let flipped = String::from_utf8(flipped).unwrap();
    let size = Expected::Field("INVALID_PAGE_SIZE", "page_size");
    vec![
        hostile_to("a negative page size", own(list("", -1, "")), size),
        hostile_to("the least page size", own(list("", i32::MIN, "")), size),
        hostile_to("the greatest page size", own(list("", i32::MAX, "")), Expected::Ok),
        hostile_to("a token of another caller", list("", 1, token), TOKEN),
        hostile_to("a token for another parent", own(list("shelves/1", 1, token)), TOKEN),
        hostile_to("a token that was cut", own(list("", 1, &token[..token.len() / 2])), TOKEN),
        hostile_to("a token that was lengthened", own(list("", 1, &format!("{token}AAAA"))), TOKEN),
        hostile_to("a token with a bit turned", own(list("", 1, &flipped)), TOKEN),
        hostile_to("a token of other letters", own(list("", 1, "§$%&")), TOKEN),
        hostile_to("a token of nothing but zeros", own(list("", 1, &"A".repeat(200))), TOKEN),
        hostile_to("a token of a megabyte", own(list("", 1, &"A".repeat(1 << 20))), TOKEN),
        hostile_to("a list of what others own", list("", 1_000, ""), Expected::Ok),
    ]
}

/// Filters that are none, and such as take long.
fn filters() -> Vec<Hostile> {
    let list = |filter: &str| {
        let filter = filter.to_owned();
        let ask = Ask::List { name: String::new(), page_size: 0, page_token: String::new(), filter };
        Ask::As("alice".to_owned(), Box::new(ask))
    };
    let wrong = Expected::Field("INVALID_FILTER", "filter");
    let or = |count: usize, filter: &str| vec![filter; count].join(" OR ");
    [
        ("half a comparison", "done =", wrong),
        ("an open quote", "name = \"a", wrong),
        ("an open parenthesis", "(done = true", wrong),
        ("a field that there is not", "secret = 1", wrong),
        ("a number for a truth", "done = 1", wrong),
        ("a time that is none", "create_time > \"yesterday\"", wrong),
        ("a year that is far", "create_time > \"999999-01-01T00:00:00Z\"", wrong),
        ("a field of a text", "name.secret = 1", wrong),
        ("a code that is none", "error.code = NONE", wrong),
        ("a function", "sleep(10)", wrong),
        ("a zero byte", "name = \"a\0\"", Expected::Ok),
        ("a step into nothing", "metadata.a.b.c.d = 1", wrong),
        ("a megabyte", &or(60_000, "done = true"), wrong),
        ("thousands of parentheses", &"(".repeat(4_000), wrong),
        ("thousands of NOT", &"NOT ".repeat(1_000), wrong),
        ("thousands of signs", &"-".repeat(4_000), wrong),
        ("many stars", &format!("name = \"{}\"", "*a".repeat(500)), Expected::Ok),
        ("as much as there may be", &or(100, "name = \"operations/*\""), Expected::Ok),
    ]
    .map(|(what, filter, expected)| hostile_to(format!("a filter with {what}"), list(filter), expected))
    .into()
}

/// Starts that store nothing.
fn starts() -> Vec<Hostile> {
    let job = |parent: &str, request_id: &str, label: &str| {
        let [parent, request_id, label] = [parent, request_id, label].map(str::to_owned);
        Ask::Start(Job { parent, request_id, label })
    };
    let id = Expected::Field("INVALID_REQUEST_ID", "request_id");
    let parent = Expected::Reason(Code::InvalidArgument, "INVALID_PARENT");
    let label = Expected::Reason(Code::InvalidArgument, "INVALID_LABEL");
    vec![
        hostile_to("a request id of a megabyte", job("", &"a".repeat(1 << 20), ""), id),
        hostile_to("a request id with a zero byte", job("", "a\0", ""), id),
        hostile_to("a parent that steps up", job("../shelves", "", ""), parent),
        hostile_to("a parent of a megabyte", job(&"a".repeat(1 << 20), "", ""), parent),
        hostile_to("a label of a megabyte", job("", "", &"a".repeat(1 << 20)), label),
        hostile_to("a label with a line break", job("", "", "a\nb"), label),
    ]
}

/// Bodies that are no messages.
fn bodies() -> Vec<Hostile> {
    let raw = |body: &[u8]| Ask::Raw { rpc: "GetOperation", body: body.to_vec(), header: None };
    let framed = |message: &[u8]| {
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        raw(&[&[0][..], &length, message].concat())
    };
    let large = vec![0x0a; 5 << 20];
    vec![
        hostile_to("no message at all", raw(&[]), Expected::OfTonic(Code::Internal)),
        hostile_to("half of a frame", raw(&[0, 0, 0]), Expected::OfTonic(Code::Internal)),
        hostile_to("a frame that promises more", raw(&[0, 0, 0, 1, 0, 1]), Expected::OfTonic(Code::Internal)),
        hostile_to(
            "a frame that promises gigabytes",
            raw(&[0, 255, 255, 255, 255]),
            Expected::OfTonic(Code::OutOfRange),
        ),
        hostile_to("bytes that are no message", framed(&[0xff; 64]), Expected::OfTonic(Code::Internal)),
        hostile_to("a name that is a number", framed(&[0x08, 1]), Expected::OfTonic(Code::Internal)),
        hostile_to(
            "a name that is no UTF-8",
            framed(&[0x0a, 2, 0xc3, 0x28]),
            Expected::OfTonic(Code::Internal),
        ),
        hostile_to(
            "a name with a length beyond the end",
            framed(&[0x0a, 100, 1]),
            Expected::OfTonic(Code::Internal),
        ),
        hostile_to("groups within groups", framed(&[0x13; 10_000]), Expected::OfTonic(Code::Internal)),
        hostile_to("five megabytes", framed(&large), Expected::OfTonic(Code::OutOfRange)),
        hostile_to(
            "a compression that nobody has agreed on",
            raw(&[1, 0, 0, 0, 1, 0]),
            Expected::OfTonic(Code::Internal),
        ),
        hostile_to(
            "an encoding that the server has not",
            Ask::Raw {
                rpc: "GetOperation",
                body: vec![1, 0, 0, 0, 1, 0],
                header: Some(("grpc-encoding", "br")),
            },
            Expected::OfTonic(Code::Unimplemented),
        ),
        hostile_to(
            "a method that is none",
            Ask::Raw { rpc: "StealOperation", body: vec![0, 0, 0, 0, 0], header: None },
            Expected::OfTonic(Code::Unimplemented),
        ),
    ]
}

/// Callers who are nobody, or pretend.
fn callers(server: &Server) -> Vec<Hostile> {
    let get = |user: &str| Ask::As(user.to_owned(), Box::new(Ask::Get(server.name.clone())));
    let list = |user: &str| Ask::As(user.to_owned(), Box::new(list("", 0, "")));
    vec![
        hostile_to("a caller without a name", get(""), DENIED),
        hostile_to(
            "a list of one without a name",
            list(""),
            Expected::Reason(Code::PermissionDenied, "LIST_DENIED"),
        ),
        hostile_to(
            "a caller of a name too long",
            get(&"a".repeat(5_000)),
            Expected::Reason(Code::Unauthenticated, "INVALID_CALLER"),
        ),
        hostile_to("a caller whose name begins alike", get("alic"), DENIED),
        hostile_to("a caller whose name goes on", get("alice "), DENIED),
        hostile_to("a caller in capitals", get("ALICE"), DENIED),
        hostile_to(
            "a caller of two names",
            Ask::Raw { rpc: "GetOperation", body: vec![0, 0, 0, 0, 0], header: Some(("user", "alice")) },
            Expected::OfTonic(Code::InvalidArgument),
        ),
    ]
}
