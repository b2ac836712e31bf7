//! What must hold whatever the filter and the operation.

use lro_store::{ListQuery, Outcome, ParentPattern, State, View};
use proptest::prelude::*;

use super::super::Filter;
use super::super::parse::parse as parse_tree;
use super::super::tree::{Arg, Expr, Literal, Op, Restriction};
use super::support::*;

/// Filters over a handful of values, so that operations match them now and then.
fn filters() -> impl Strategy<Value = Naive> {
    let leaf = prop_oneof![
        (any::<bool>(), equality()).prop_map(|(done, op)| Naive::Done(op, done)),
        (0..3_usize, equality()).prop_map(|(index, op)| Naive::Method(op, index)),
        (0..3_usize, equality()).prop_map(|(index, op)| Naive::Owner(op, index)),
        (0..3_usize, comparison()).prop_map(|(index, op)| Naive::Code(op, index)),
        (0..8_i64, comparison()).prop_map(|(nanos, op)| Naive::Created(op, nanos * 500)),
        (0..8_i64, comparison()).prop_map(|(nanos, op)| Naive::Updated(op, nanos * 500)),
        (0..8_i64, comparison()).prop_map(|(nanos, op)| Naive::Ended(op, nanos * 500)),
        (0..3_i32, comparison()).prop_map(|(percent, op)| Naive::Percent(op, percent)),
        Just(Naive::HasResponse),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Naive::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Naive::Or),
            inner.prop_map(|negated| Naive::Not(Box::new(negated))),
        ]
    })
}

fn equality() -> impl Strategy<Value = Op> {
    prop_oneof![Just(Op::Equal), Just(Op::NotEqual), Just(Op::Has)]
}

fn comparison() -> impl Strategy<Value = Op> {
    prop::sample::select(Op::ALL.map(|(_, op)| op).to_vec())
}

const METHODS: [&str; 3] = [IMPORT, EXPORT, "/a.B/C"];
const OWNERS: [&str; 3] = ["", "ann", "bob"];
const CODES: [i32; 3] = [1, 10, 13];

/// A filter, with what it means written as plainly as can be.
#[derive(Debug, Clone)]
enum Naive {
    And(Vec<Naive>),
    Or(Vec<Naive>),
    Not(Box<Naive>),
    Done(Op, bool),
    Method(Op, usize),
    Owner(Op, usize),
    Code(Op, usize),
    Created(Op, i64),
    Updated(Op, i64),
    Ended(Op, i64),
    Percent(Op, i32),
    HasResponse,
}

impl Naive {
    fn text(&self) -> String {
        let all = |parts: &[Self], between: &str| {
            let parts: Vec<_> = parts.iter().map(Self::text).collect();
            format!("({})", parts.join(between))
        };
        let time = |nanos: &i64| format!("\"1970-01-01T00:00:00.{nanos:09}Z\"");
        match self {
            Self::And(parts) => all(parts, " AND "),
            Self::Or(parts) => all(parts, " OR "),
            Self::Not(negated) => format!("NOT ({})", negated.text()),
            Self::Done(op, done) => format!("done {} {done}", op.symbol()),
            Self::Method(op, index) => format!("method {} \"{}\"", op.symbol(), METHODS[*index]),
            Self::Owner(op, index) => format!("owner {} \"{}\"", op.symbol(), OWNERS[*index]),
            Self::Code(op, index) => format!("error.code {} {}", op.symbol(), CODES[*index]),
            Self::Created(op, nanos) => format!("create_time {} {}", op.symbol(), time(nanos)),
            Self::Updated(op, nanos) => format!("update_time {} {}", op.symbol(), time(nanos)),
            Self::Ended(op, nanos) => format!("end_time {} {}", op.symbol(), time(nanos)),
            Self::Percent(op, percent) => format!("metadata.percent {} {percent}", op.symbol()),
            Self::HasResponse => "response:*".to_owned(),
        }
    }

    fn holds(&self, of: &Fields) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(of)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(of)),
            Self::Not(negated) => !negated.holds(of),
            Self::Done(op, done) => op.accepts(of.ended.is_some().cmp(done)),
            Self::Method(op, index) => op.accepts(METHODS[of.method].cmp(METHODS[*index])),
            Self::Owner(op, index) => op.accepts(OWNERS[of.owner].cmp(OWNERS[*index])),
            Self::Code(op, index) => match of.ended {
                Some(End::Error(code)) => op.accepts(CODES[code].cmp(&CODES[*index])),
                _ => false,
            },
            Self::Created(op, nanos) => op.accepts((of.created * 1_000).cmp(nanos)),
            Self::Updated(op, nanos) => op.accepts((of.updated() * 1_000).cmp(nanos)),
            Self::Ended(op, nanos) => of.ended.is_some() && op.accepts((of.updated() * 1_000).cmp(nanos)),
            Self::Percent(op, percent) => of.percent.is_some_and(|is| op.accepts(is.cmp(percent))),
            Self::HasResponse => of.ended == Some(End::Response),
        }
    }
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Response,
    /// With one of the codes.
    Error(usize),
}

/// What an operation is.
#[derive(Debug, Clone)]
struct Fields {
    method: usize,
    owner: usize,
    created: i64,
    later: i64,
    ended: Option<End>,
    percent: Option<i32>,
}

impl Fields {
    fn updated(&self) -> i64 {
        if self.ended.is_some() { self.created + self.later } else { self.created }
    }

    fn view(&self) -> View {
        view("a", |parts| {
            parts.method = METHODS[self.method].into();
            parts.owner = owner(OWNERS[self.owner]);
            (parts.create_time, parts.update_time) = (micros(self.created), micros(self.created));
            let meta = self.percent.map(|percent| Meta { percent, ..Meta::default() });
            parts.metadata = meta.map(|meta| payload("test.Meta", &meta));
            if let Some(end) = self.ended {
                let outcome = match end {
                    End::Response => Outcome::Response(payload("test.Book", &Book::default())),
                    End::Error(code) => failed(CODES[code], ""),
                };
                done(parts, outcome, self.updated());
            } else {
                assert!(matches!(parts.state, State::Queued { .. }));
            }
        })
    }
}

fn operations() -> impl Strategy<Value = Fields> {
    let end = prop_oneof![Just(End::Response), (0..3_usize).prop_map(End::Error)];
    let ended = prop::option::of(end);
    let percent = prop::option::of(0..3);
    (0..3_usize, 0..3_usize, 0..4_i64, 0..3_i64, ended, percent).prop_map(
        |(method, owner, created, later, ended, percent)| Fields {
            method,
            owner,
            created,
            later,
            ended,
            percent,
        },
    )
}

/// A filter that is about a field of no method may be refused; all else has to be read.
fn read(text: &str) -> Result<Filter, TestCaseError> {
    parse(text).map_err(|error| {
        if error.message.contains("none of the methods") {
            TestCaseError::reject("about no method")
        } else {
            TestCaseError::fail(error.describe(text))
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn a_filter_means_what_a_naive_reading_says(filter in filters(), of in operations()) {
        let text = filter.text();
        let parsed = read(&text)?;
        prop_assert_eq!(parsed.matches(&of.view()), filter.holds(&of), "{}", text);
    }

    #[test]
    fn what_a_store_looks_for_loses_nothing(filter in filters(), of in operations()) {
        let text = filter.text();
        let parsed = read(&text)?;
        let view = of.view();
        let selected = parsed.narrow(ListQuery::new(ParentPattern::all(), 10)).is_some_and(|query| query.selects(&view));
        prop_assert!(selected || !parsed.matches(&view), "{}", text);
        prop_assert!(!selected || !parsed.is_whole() || parsed.matches(&view), "{}", text);
    }

    #[test]
    fn what_is_printed_parses_to_what_was_printed(expr in trees()) {
        let text = expr.to_string();
        let parsed = parse_tree(&text).map_err(|error| TestCaseError::fail(error.describe(&text)))?;
        prop_assert_eq!(parsed.map(without_places), Some(expr), "{}", text);
    }

    #[test]
    fn no_text_breaks_the_parser(text in "\\PC{0,60}|[a-c\"'()*:=<>!. \\\\-]{0,60}|(done|name|metadata|[.:=()\" ]|NOT|AND|OR){0,30}") {
        if let Err(error) = parse(&text) {
            let described = error.describe(&text);
            prop_assert!(described.starts_with("at character ") && described.len() < 1_000, "{}", described);
        }
    }
}

fn trees() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![restrictions().prop_map(Expr::Restriction), literals(true).prop_map(Expr::Bare),];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.clone().prop_map(|negated| Expr::Not(Box::new(negated))),
            (restrictions(), inner).prop_map(|(restriction, inner)| {
                Expr::Restriction(Restriction { arg: Arg::Composite(Box::new(inner)), ..restriction })
            }),
        ]
    })
}

fn restrictions() -> impl Strategy<Value = Restriction> {
    let path = prop::collection::vec(literals(true), 1..4);
    let restriction = (path, comparison(), literals(false));
    restriction.prop_map(|(path, op, value)| Restriction { path, op, arg: Arg::Value(value) })
}

/// Values, also of several words; a part of a path has no point that is not in quotes.
fn literals(is_path: bool) -> impl Strategy<Value = Literal> {
    let plain = if is_path {
        "[a-z_*/0-9é][a-z_*/0-9é-]{0,4}"
    } else {
        "[a-z_*/0-9é-][a-z_*/0-9é-]{0,4}(\\.[a-z0-9]{1,2})?"
    };
    let quoted = (any::<prop::sample::Index>(), "[ -~é\n\t*]{0,6}").prop_map(|(pick, text)| {
        let all: Vec<usize> = text.match_indices('*').map(|(at, _)| at).collect();
        // Some of the stars are wildcards.
        let stars = all.iter().copied().filter(|star| (pick.index(64) >> (star % 6)) & 1 == 0).collect();
        Literal { text, quoted: true, stars, at: 0 }
    });
    let plain = plain.prop_map(|text: String| {
        let stars = text.match_indices('*').map(|(at, _)| at).collect();
        Literal { text, quoted: false, stars, at: 0 }
    });
    prop_oneof![plain, quoted]
}

fn without_places(expr: Expr) -> Expr {
    let literal = |literal: Literal| Literal { at: 0, ..literal };
    let all = |parts: Vec<Expr>| parts.into_iter().map(without_places).collect();
    match expr {
        Expr::And(parts) => Expr::And(all(parts)),
        Expr::Or(parts) => Expr::Or(all(parts)),
        Expr::Not(negated) => Expr::Not(Box::new(without_places(*negated))),
        Expr::Bare(value) => Expr::Bare(literal(value)),
        Expr::Restriction(Restriction { path, op, arg }) => Expr::Restriction(Restriction {
            path: path.into_iter().map(literal).collect(),
            op,
            arg: match arg {
                Arg::Value(value) => Arg::Value(literal(value)),
                Arg::Composite(inner) => Arg::Composite(Box::new(without_places(*inner))),
            },
        }),
    }
}
