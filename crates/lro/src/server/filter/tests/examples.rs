//! The examples of AIP-160's own text, each as the tree that the text says it means.

use super::super::parse::{MAX_COMPARISONS, MAX_DEPTH, MAX_LEN, parse as parse_tree};
use super::support::*;
use lro_store::Outcome;

/// The tree with all its parentheses; restrictions as they are printed.
fn tree(filter: &str) -> String {
    use super::super::tree::Expr;
    fn show(expr: &Expr) -> String {
        let all = |parts: &[Expr], between: &str| {
            let parts: Vec<_> = parts.iter().map(show).collect();
            format!("({})", parts.join(between))
        };
        match expr {
            Expr::And(parts) => all(parts, " & "),
            Expr::Or(parts) => all(parts, " | "),
            Expr::Not(negated) => format!("!{}", show(negated)),
            leaf => leaf.to_string(),
        }
    }
    parse_tree(filter).unwrap().map(|expr| show(&expr)).unwrap_or_default()
}

#[test]
fn the_grammar_is_that_of_the_text() {
    for (filter, expected) in [
        // Literals.
        ("42", "42"),
        ("Hugo", "Hugo"),
        ("Victor Hugo", "(Victor & Hugo)"),
        ("Victor AND Hugo", "(Victor & Hugo)"),
        // Logical operators.
        ("a AND b", "(a & b)"),
        ("a OR b OR c", "(a | b | c)"),
        ("a AND b OR c", "(a & (b | c))"),
        ("a AND (b OR c)", "(a & (b | c))"),
        ("a b AND c", "((a & b) & c)"),
        ("New York Giants OR Yankees", "(New & York & (Giants | Yankees))"),
        // Negation.
        ("NOT a", "!a"),
        ("-a", "!a"),
        ("-(a OR b)", "!(a | b)"),
        ("NOT a OR b", "(!a | b)"),
        // Comparison.
        ("a = true", "a = true"),
        ("a != 42", "a != 42"),
        ("a < 42", "a < 42"),
        ("a > \"foo\"", "a > \"foo\""),
        ("a <= \"foo\"", "a <= \"foo\""),
        ("a >= 42", "a >= 42"),
        ("a > -30", "a > -30"),
        ("a = 2.997e9", "a = 2.997e9"),
        ("a = 1.2s", "a = 1.2s"),
        ("a=\"2012-04-21T11:30:00-04:00\"", "a = \"2012-04-21T11:30:00-04:00\""),
        ("a = \"*.foo\"", "a = \"*.foo\""),
        ("a = (b OR c)", "a = (b OR c)"),
        // Traversal.
        ("a.b = true", "a.b = true"),
        ("a.b > 42", "a.b > 42"),
        ("a.b.c = \"foo\"", "a.b.c = \"foo\""),
        ("a.\"b.c\" = 1", "a.\"b.c\" = 1"),
        // Has.
        ("r:42", "r : 42"),
        ("r.foo:42", "r.foo : 42"),
        ("m:foo", "m : foo"),
        ("m.foo:*", "m.foo : *"),
        ("m.foo:42", "m.foo : 42"),
        ("m:*", "m : *"),
        // Spaces.
        ("  ", ""),
        (" ( a )  AND\tb ", "(a & b)"),
        ("a='b \\' c'", "a = \"b ' c\""),
        // Words of the language are words between spaces only.
        ("ANDy ORacle", "(ANDy & ORacle)"),
        ("a.AND = NOT1", "a.AND = NOT1"),
    ] {
        assert_eq!(tree(filter), expected, "{filter}");
    }
}

#[test]
fn what_the_grammar_does_not_allow_has_a_place() {
    for (filter, place, says) in [
        ("a = ", 5, "ends where"),
        ("a AND", 3, "`AND`"),
        ("OR a", 1, "`OR`"),
        ("(a", 1, "not closed"),
        ("a)", 2, "belongs to nothing"),
        ("a = \"b", 5, "not closed"),
        ("é = 'b\\", 5, "not closed"),
        ("a.", 3, "ends where"),
        ("a..b = 1", 3, "where a field"),
        ("a = 2012-04-21T11:30:00Z", 18, "double quotes"),
        ("regex(a, 'b')", 1, "no functions"),
        ("a = \"b\".c", 5, "all of it in quotes"),
        ("a == 1", 4, "where a field"),
        ("= 1", 1, "where a field"),
        ("a , b", 3, "where a field"),
    ] {
        let error = parse_tree(filter).unwrap_err();
        let described = error.describe(filter);
        assert!(described.starts_with(&format!("at character {place}: ")), "{filter}: {described}");
        assert!(described.contains(says), "{filter}: {described}");
    }
}

#[test]
fn length_depth_and_the_number_of_comparisons_are_bounded() {
    let nested = |depth| format!("{}done=true{}", "(".repeat(depth), ")".repeat(depth));
    let compared = |count| vec!["done=true"; count].join(" ");
    let long = |length: usize| format!("name=\"{}\"", "x".repeat(length - 7));
    for (fits, does_not, says) in [
        (nested(MAX_DEPTH), nested(MAX_DEPTH + 1), "more than 32 times"),
        (compared(MAX_COMPARISONS), compared(MAX_COMPARISONS + 1), "more than 100 times"),
        (long(MAX_LEN), long(MAX_LEN + 1), "has 4097 bytes; at most 4096"),
        ("labels.a:*".to_owned(), format!("labels{}:*", ".a".repeat(64)), "65 parts; at most 64"),
    ] {
        parse(&fits).unwrap();
        let error = parse(&does_not).unwrap_err();
        assert!(error.message.contains(says), "{}", error.message);
    }
}

#[test]
fn operations_are_filtered_by_their_fields() {
    let one = view("one", |parts| {
        parts.owner = owner("ann");
        parts.labels = labels(&[("env", "prod"), ("my.key", "1")]);
        parts.create_time = micros(1_000_000);
        done(parts, failed(10, "the shelf is full"), 2_000_000);
    });
    let other = view("other", |parts| parts.method = EXPORT.into());
    let good =
        view("good", |parts| done(parts, Outcome::Response(payload("test.Book", &Book::default())), 5));
    for (filter, expected) in [
        ("", [true, true, true]),
        ("name = shelves/1/operations/one", [true, false, false]),
        ("name = \"*/o*\"", [true, true, true]),
        ("name = \"*/other\"", [false, true, false]),
        ("name != \"*/other\"", [true, false, true]),
        ("done = true", [true, false, true]),
        ("done=false", [false, true, false]),
        ("done != true", [false, true, false]),
        ("done:*", [true, false, true]),
        ("NOT done = true", [false, true, false]),
        ("-done:true", [false, true, false]),
        ("method = \"/example.library.v1.LibraryService/ImportBooks\"", [true, false, true]),
        ("method = \"*/ExportBooks\"", [false, true, false]),
        ("owner = ann", [true, false, false]),
        ("owner = \"\"", [false, true, true]),
        ("owner:*", [true, false, false]),
        ("labels.env = prod", [true, false, false]),
        ("labels.env != prod", [false, false, false]),
        ("labels:env", [true, false, false]),
        ("labels.env:*", [true, false, false]),
        ("labels.\"my.key\" = 1", [true, false, false]),
        ("labels:*", [true, false, false]),
        ("NOT labels.env = prod", [false, true, true]),
        ("create_time >= \"1970-01-01T00:00:01Z\"", [true, false, false]),
        ("createTime < \"1970-01-01T00:00:01Z\"", [false, true, true]),
        ("create_time:*", [true, true, true]),
        ("update_time = \"1970-01-01T01:00:02+01:00\"", [true, false, false]),
        ("end_time > \"1970-01-01T00:00:00Z\"", [true, false, true]),
        ("end_time != \"1970-01-01T00:00:02Z\"", [false, false, true]),
        ("end_time:*", [true, false, true]),
        ("error.code = ABORTED", [true, false, false]),
        ("error.code = 10", [true, false, false]),
        ("error.code != 5", [true, false, false]),
        ("error.code >= ABORTED", [true, false, false]),
        ("error.code = (NOT_FOUND OR ABORTED)", [true, false, false]),
        ("error:*", [true, false, false]),
        ("error:message", [true, false, false]),
        ("error.message = \"*shelf*\"", [true, false, false]),
        ("error.message != \"x\"", [true, false, false]),
        ("response:*", [false, false, true]),
        ("metadata:*", [false, false, false]),
        ("owner = ann done = true", [true, false, false]),
        ("done = false OR owner = ann AND labels:*", [true, false, false]),
        ("owner = (NOT ann)", [false, true, true]),
    ] {
        let filter = parse(filter).unwrap_or_else(|error| panic!("{filter}: {error:?}"));
        assert_eq!([&one, &other, &good].map(|view| filter.matches(view)), expected, "{filter:?}");
    }
}

#[test]
fn fields_and_values_that_there_are_not_are_refused_with_a_place() {
    for (filter, place, says) in [
        ("done", 1, "`done = …`"),
        ("Hugo", 1, "no field"),
        ("done = yes", 8, "`true` or `false`"),
        ("done < true", 8, "`=` or `!=`"),
        ("creat_time:*", 1, "did you mean `create_time`?"),
        ("owner = a AND pages > 1", 15, "no field \"pages\""),
        ("name.id = 1", 6, "single value"),
        ("create_time > now", 15, "RFC 3339"),
        ("labels = 1", 1, "is a map"),
        ("labels.a.b = 1", 10, "in double quotes"),
        ("error = 1", 1, "`error.code`"),
        ("error.code = ABORT", 14, "did you mean `ABORTED`?"),
        ("error.code = 3000000000", 14, "neither"),
        ("error.kode = 1", 7, "did you mean `code`?"),
        ("error.details:*", 7, "cannot be compared"),
        ("metadata = 1", 1, "is a message"),
        ("done = (a = b)", 9, "only values"),
    ] {
        let error = parse(filter).unwrap_err();
        let described = error.describe(filter);
        assert!(described.starts_with(&format!("at character {place}: ")), "{filter}: {described}");
        assert!(described.contains(says), "{filter}: {described}");
    }
}
