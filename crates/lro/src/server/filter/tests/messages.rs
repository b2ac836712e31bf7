//! Fields of metadata and responses.

use std::collections::{BTreeMap, HashMap};

use lro_store::{Outcome, View};
use prost_types::value::Kind;
use prost_types::{Any, ListValue, Struct, Value};

use super::support::*;
use crate::Method;
use crate::server::filter::{Filter, Types};

fn with(meta: &Meta) -> View {
    view("a", |parts| parts.metadata = Some(payload("test.Meta", meta)))
}

fn book(title: &str) -> Book {
    Book { title: title.to_owned(), sequel: None }
}

fn value(kind: Kind) -> Value {
    Value { kind: Some(kind) }
}

fn full() -> Meta {
    let list =
        ListValue { values: vec![value(Kind::NumberValue(1.0)), value(Kind::StringValue("x".into()))] };
    let inner = Struct { fields: BTreeMap::from([("deep".to_owned(), value(Kind::BoolValue(true)))]) };
    Meta {
        percent: 42,
        stage_name: "copy".to_owned(),
        start_time: Some(prost_types::Timestamp { seconds: 100, nanos: 5 }),
        timeout: Some(prost_types::Duration { seconds: 1, nanos: 500_000_000 }),
        limit: Some(0),
        state: 1,
        books: vec![book("A"), Book { sequel: Some(Box::new(book("C"))), ..book("B") }],
        pages: vec![-3, 7],
        by_shelf: HashMap::from([("one".to_owned(), book("S")), ("my.key".to_owned(), Book::default())]),
        notes: HashMap::from([(7, "seven".to_owned()), (0, String::new())]),
        book: Some(Book { sequel: Some(Box::new(book("Y"))), ..book("X") }),
        extra: Some(Struct {
            fields: BTreeMap::from([
                ("number".to_owned(), value(Kind::NumberValue(1.5))),
                ("text".to_owned(), value(Kind::StringValue("1.5".into()))),
                ("none".to_owned(), value(Kind::NullValue(0))),
                ("list".to_owned(), value(Kind::ListValue(list))),
                ("inner".to_owned(), value(Kind::StructValue(inner))),
            ]),
        }),
        detail: Some(Any { type_url: "type.googleapis.com/test.Book".to_owned(), value: Vec::new() }),
        count: Some(0),
        hash: vec![1],
        dry_run: true,
        rate: 0.1,
        size: u64::MAX,
    }
}

#[test]
fn fields_of_messages_are_compared_as_what_they_are() {
    let (full, empty, none) = (with(&full()), with(&Meta::default()), view("b", |_| ()));
    for (filter, expected) in [
        ("percent = 42", [true, false]),
        ("percent = 0", [false, true]),
        ("percent != 42", [false, true]),
        ("percent < 50", [true, true]),
        ("percent:*", [true, false]),
        ("stage_name = c*", [true, false]),
        ("stageName = copy", [true, false]),
        ("start_time > \"1970-01-01T00:01:40Z\"", [true, false]),
        ("start_time != \"1970-01-01T00:01:40Z\"", [true, false]),
        ("start_time:*", [true, false]),
        ("timeout = 1.5s", [true, false]),
        ("timeout < 2s", [true, false]),
        // What has presence is unset, and not zero.
        ("limit = 0", [true, false]),
        ("limit != 1", [true, false]),
        ("limit:*", [true, false]),
        ("count = 0", [true, false]),
        ("count < 1", [true, false]),
        ("count:*", [true, false]),
        ("state = READING", [true, false]),
        ("state = STATE_UNSPECIFIED", [false, true]),
        ("books:*", [true, false]),
        ("books.title:B", [true, false]),
        ("books.sequel.title:C", [true, false]),
        ("books.sequel.title:B", [false, false]),
        ("books:sequel", [true, false]),
        ("pages:7", [true, false]),
        ("pages:\"-3\"", [true, false]),
        ("pages:8", [false, false]),
        ("by_shelf:one", [true, false]),
        ("by_shelf:two", [false, false]),
        ("by_shelf.one.title = S", [true, false]),
        ("by_shelf.\"my.key\".title = \"\"", [true, false]),
        ("by_shelf.\"my.key\":*", [true, false]),
        ("by_shelf.two.title != S", [false, false]),
        ("by_shelf:*", [true, false]),
        ("notes.7 = seven", [true, false]),
        ("notes:0", [true, false]),
        ("notes.0 = \"\"", [true, false]),
        ("notes.8 != x", [false, false]),
        ("book.title = X", [true, false]),
        ("book.title != Z", [true, false]),
        ("book.sequel.title = Y", [true, false]),
        ("book.sequel.sequel.title != Z", [false, false]),
        ("book:title", [true, false]),
        ("book.sequel:sequel", [false, false]),
        ("book:*", [true, false]),
        ("extra.number = 1.5", [true, false]),
        ("extra.number > 1", [true, false]),
        ("extra.number = \"1.5\"", [false, false]),
        ("extra.text = 1.5", [true, false]),
        ("extra.none = null", [true, false]),
        ("extra.list:x", [true, false]),
        ("extra.list:1", [true, false]),
        ("extra.list:2", [false, false]),
        ("extra.inner.deep = true", [true, false]),
        ("extra.inner.gone != true", [false, false]),
        ("extra:inner", [true, false]),
        ("extra.inner:deep", [true, false]),
        ("extra:gone", [false, false]),
        ("detail.type_url = \"*/test.Book\"", [true, false]),
        ("detail:*", [true, false]),
        ("hash:*", [true, false]),
        ("dry_run = true", [true, false]),
        ("rate = 0.1", [true, false]),
        ("size = 18446744073709551615", [true, false]),
    ] {
        let text = format!("metadata.{filter}");
        let filter = parse(&text).unwrap_or_else(|error| panic!("{text}: {}", error.describe(&text)));
        assert_eq!([&full, &empty].map(|view| filter.matches(view)), expected, "{text}");
        assert!(!filter.matches(&none), "{text} matches what has no metadata");
    }
    assert!(parse("metadata:percent").unwrap().matches(&full));
    assert!(!parse("metadata:percent").unwrap().matches(&empty));
}

#[test]
fn what_makes_no_sense_for_a_field_is_refused_with_a_place() {
    for (filter, place, says) in [
        ("metadata.percnt = 1", 10, "test.Meta has no field \"percnt\"; did you mean `percent`?"),
        ("metadata.percent = x", 20, "a whole number"),
        ("metadata.percent.x = 1", 18, "single value"),
        ("metadata.state = reading", 18, "did you mean `READING`?"),
        ("metadata.books = 1", 10, "is repeated"),
        ("metadata.books.title = B", 10, "is repeated"),
        ("metadata.by_shelf = 1", 10, "is a map"),
        ("metadata.by_shelf.one = 1", 19, "is a message"),
        ("metadata.notes.x = 1", 16, "a key of \"notes\""),
        ("metadata.book = 1", 10, "is a message"),
        ("metadata.book:nothing", 15, "no field \"nothing\""),
        ("metadata.start_time.seconds = 1", 21, "as a whole"),
        ("metadata.start_time = 5", 23, "RFC 3339"),
        ("metadata.hash = 1", 17, "holds bytes"),
        ("metadata.detail.title = 1", 17, "`type_url`"),
        ("metadata.size = -1", 17, "from 0 to 18446744073709551615"),
        (
            "response.title = x AND method = \"*/ExportBooks\" AND response.nothing.x:y AND metadata.no = 1",
            87,
            "no field \"no\"",
        ),
    ] {
        let error = parse(filter).unwrap_err();
        let described = error.describe(filter);
        assert!(described.starts_with(&format!("at character {place}: ")), "{filter}: {described}");
        assert!(described.contains(says), "{filter}: {described}");
    }
}

#[test]
fn each_method_answers_for_its_own_messages() {
    let import = view("a", |parts| done(parts, Outcome::Response(payload("test.Book", &book("A"))), 5));
    let fields = BTreeMap::from([("title".to_owned(), value(Kind::StringValue("A".into())))]);
    let export = view("b", |parts| {
        parts.method = EXPORT.into();
        done(parts, Outcome::Response(payload("google.protobuf.Struct", &Struct { fields })), 5);
    });
    let matches = |filter: &str| {
        let filter = parse(filter).unwrap();
        [&import, &export].map(|view| filter.matches(view))
    };
    assert_eq!(matches("response.title = A"), [true, true]);
    // Only one of them has it, and the other never matches.
    assert_eq!(matches("response.sequel:*"), [false, false]);
    assert_eq!(matches("response.pages != 1"), [false, false]);
    assert_eq!(matches("response.title = A AND method = \"*/ImportBooks\""), [true, false]);
    let error = parse("method = \"*/ImportBooks\" AND response.pages = 1").unwrap_err();
    assert!(error.message.contains("test.Book has no field"), "{}", error.message);
    let either =
        "(method = \"*/ImportBooks\" response.title = A) OR (method = \"*/ExportBooks\" response.pages = 1)";
    assert_eq!(matches(either), [true, false]);
    let error = parse("method = \"/a.B/C\" AND metadata.x = 1").unwrap_err();
    assert!(error.message.contains("none of the methods"), "{}", error.message);
}

#[test]
fn without_descriptors_the_fields_of_a_message_are_not_known() {
    let types = Types::default();
    types.insert(&Method::<(), (), ()>::new("/a.B/C", "a.Request", "a.Response", "a.Meta"));
    for descriptors in [&b""[..], b"\xff"] {
        types.insert(
            &Method::<(), (), ()>::new("/a.B/D", "a.Request", "a.Response", "a.Meta")
                .with_descriptors(descriptors),
        );
        let error = Filter::parse("metadata.x = 1", &types).unwrap_err();
        assert!(
            error.message.contains("no descriptor of a.Meta, the metadata of /a.B/C"),
            "{}",
            error.message
        );
    }
    Filter::parse("metadata:* AND method = \"/a.B/C\"", &types).unwrap();
}

#[test]
fn metadata_that_cannot_be_read_matches_nothing_and_breaks_nothing() {
    let broken = view("a", |parts| {
        parts.metadata =
            Some(lro_store::Payload::new("type.googleapis.com/test.Meta", vec![0x12, 0xff, 0x01]));
    });
    for (filter, expected) in
        [("metadata.stage_name = x", false), ("metadata.books.title:x", false), ("metadata:*", true)]
    {
        assert_eq!(parse(filter).unwrap().matches(&broken), expected, "{filter}");
    }
}
