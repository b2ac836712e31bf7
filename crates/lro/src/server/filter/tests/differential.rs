//! The crate `aip-160` as a second opinion on the grammar, over generated filters.

use std::fmt::Write as _;

use aip_160::{Arg as TheirArg, Comparable, Expression, Member, Value};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::super::parse::parse;
use super::super::tree::{Arg, Expr, Literal};

const FILTERS: usize = 100_000;

#[test]
fn both_parsers_see_the_same_in_every_filter() {
    let mut dice = StdRng::seed_from_u64(160);
    let mut accepted = 0;
    for _ in 0..FILTERS {
        let mut filter = String::new();
        Generator { dice: &mut dice, out: &mut filter }.expression(0);
        let theirs = aip_160::parse_filter(&filter);
        match (parse(&filter), theirs) {
            (Ok(ours), Ok(theirs)) => {
                accepted += 1;
                let ours = ours.map(|expr| show(&expr));
                let theirs = theirs.expression.map(|expr| show_theirs(&expr));
                assert_eq!(ours, theirs, "{filter:?}");
            }
            (Err(_), Err(_)) => {}
            // What they allow and we do not: functions, values that are partly quoted, and filters that are too long.
            (Err(error), Ok(_)) => assert!(
                ["no functions", "in quotes", "double quotes", "100 times"]
                    .iter()
                    .any(|why| error.message.contains(why)),
                "{filter:?}: {}",
                error.message
            ),
            (Ok(ours), Err(error)) => panic!("{filter:?}: {ours:?}, but they say {error}"),
        }
    }
    assert!(accepted > FILTERS / 4, "only {accepted} are filters at all");
    assert!(accepted < FILTERS, "all are filters, so nothing is known of what is refused");
}

/// Writes what is mostly a filter.
struct Generator<'a> {
    dice: &'a mut StdRng,
    out: &'a mut String,
}

impl Generator<'_> {
    fn expression(&mut self, depth: u32) {
        let parts = self.dice.random_range(1..4);
        for part in 0..parts {
            if part > 0 {
                self.one_of(&[" AND ", " OR ", " ", "  ", " AND  ", " OR NOT ", " AND -"]);
            }
            self.term(depth);
        }
    }

    fn term(&mut self, depth: u32) {
        if self.dice.random_ratio(1, 8) {
            self.one_of(&["NOT ", "-", "NOT  "]);
        }
        if depth < 4 && self.dice.random_ratio(1, 5) {
            self.one_of(&["(", "( "]);
            self.expression(depth + 1);
            self.one_of(&[")", " )", ")", ""]);
            return;
        }
        self.member();
        if self.dice.random_ratio(3, 4) {
            self.one_of(&["=", " = ", "!=", " < ", ">", "<= ", " >=", ":", " : "]);
            if depth < 4 && self.dice.random_ratio(1, 10) {
                self.out.push('(');
                self.expression(depth + 1);
                self.out.push(')');
            } else {
                self.member();
            }
        }
    }

    fn member(&mut self) {
        self.value();
        while self.dice.random_ratio(1, 5) {
            self.out.push('.');
            self.value();
        }
    }

    fn value(&mut self) {
        if self.dice.random_ratio(1, 100) {
            // Sometimes anything at all.
            let odd = ["(", ")", ",", "!", "\"", "'", "\\", ".", "AND", "OR", "NOT", "-", "\t", "é", "f(x)"];
            self.one_of(&odd);
            return;
        }
        self.one_of(&[
            "a",
            "b_c",
            "name",
            "42",
            "-30",
            "1",
            "5s",
            "2e9",
            "*",
            "*x",
            "true",
            "AND",
            "OR1",
            "NOTE",
            "x-y",
            "ü",
            "a/b",
            "\"q\"",
            "\"a b\"",
            "'it''s'",
            "\"\\\"\"",
            "\"*.foo\"",
            "\"\\*\"",
            "''",
            "\"\\n\"",
        ]);
    }

    fn one_of(&mut self, choices: &[&str]) {
        let choice = choices[self.dice.random_range(0..choices.len())];
        self.out.push_str(choice);
    }
}

fn show(expr: &Expr) -> String {
    let all = |name: &str, parts: &[Expr]| format!("{name}{:?}", parts.iter().map(show).collect::<Vec<_>>());
    match expr {
        Expr::And(parts) => all("and", parts),
        Expr::Or(parts) => all("or", parts),
        Expr::Not(negated) => format!("not[{}]", show(negated)),
        Expr::Bare(literal) => format!("bare {}", literal.text),
        Expr::Restriction(restriction) => {
            let path: Vec<_> = restriction.path.iter().map(|part: &Literal| part.text.as_str()).collect();
            let arg = match &restriction.arg {
                Arg::Value(literal) => literal.text.clone(),
                Arg::Composite(inner) => format!("({})", show(inner)),
            };
            format!("{} {} {arg}", path.join("."), restriction.op.symbol())
        }
    }
}

fn show_theirs(expr: &Expression) -> String {
    let all = |name: &str, parts: &[Expression]| {
        format!("{name}{:?}", parts.iter().map(show_theirs).collect::<Vec<_>>())
    };
    match expr {
        Expression::And(parts) | Expression::Sequence(parts) => all("and", parts),
        Expression::Or(parts) => all("or", parts),
        Expression::Not(negated) => format!("not[{}]", show_theirs(negated)),
        Expression::Global(value) => format!("bare {}", text(value)),
        Expression::Restriction(restriction) => {
            let arg = match &restriction.arg {
                TheirArg::Comparable(value) => text(value),
                TheirArg::Composite(inner) => format!("({})", show_theirs(inner)),
            };
            format!("{} {} {arg}", text(&restriction.comparable), restriction.comparator)
        }
    }
}

fn text(comparable: &Comparable) -> String {
    let Comparable::Member(Member { value, fields }) = comparable else { return "a function".to_owned() };
    let mut text = value.as_str().to_owned();
    for field in fields {
        let (Value::Text(field) | Value::String(field)) = field;
        let _ = write!(text, ".{field}");
    }
    text
}
