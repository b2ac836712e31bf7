//! From what was written to what is asked of operations.

use super::error::{FilterError, quote};
use super::evaluate::{Node, Test};
use super::fields;
use super::message::Types;
use super::pattern::Pattern;
use super::tree::{Arg, Expr, Literal, Op, Restriction};

/// Of which methods a part of a filter is: for each group, of one that a pattern in it matches.
type Scope = Vec<Vec<Pattern>>;

/// Looks up the fields that a filter names.
///
/// # Errors
/// What no operation has, and what cannot be compared in that way.
pub(super) fn compile(expr: &Expr, types: &Types) -> Result<Node, FilterError> {
    Compiler { types }.node(expr, &Scope::new())
}

struct Compiler<'a> {
    types: &'a Types,
}

impl Compiler<'_> {
    fn node(&self, expr: &Expr, scope: &Scope) -> Result<Node, FilterError> {
        match expr {
            Expr::And(parts) => {
                let mut narrow = scope.clone();
                narrow.extend(parts.iter().filter_map(methods));
                parts.iter().map(|part| self.node(part, &narrow)).collect::<Result<_, _>>().map(Node::All)
            }
            Expr::Or(parts) => {
                parts.iter().map(|part| self.node(part, scope)).collect::<Result<_, _>>().map(Node::Any)
            }
            Expr::Not(negated) => self.node(negated, scope).map(not),
            Expr::Restriction(restriction) => match &restriction.arg {
                Arg::Value(literal) => self.test(restriction, literal, scope),
                Arg::Composite(inner) => self.composite(restriction, inner, scope),
            },
            Expr::Bare(literal) => Err(bare(literal)),
        }
    }

    /// `a = (b OR c)` is `a = b OR a = c`.
    fn composite(&self, restriction: &Restriction, expr: &Expr, scope: &Scope) -> Result<Node, FilterError> {
        let all = |parts: &[Expr]| -> Result<Vec<Node>, FilterError> {
            parts.iter().map(|part| self.composite(restriction, part, scope)).collect()
        };
        match expr {
            Expr::And(parts) => all(parts).map(Node::All),
            Expr::Or(parts) => all(parts).map(Node::Any),
            Expr::Not(negated) => self.composite(restriction, negated, scope).map(not),
            Expr::Bare(literal) => self.test(restriction, literal, scope),
            Expr::Restriction(inner) => {
                let message = "a comparison is not something to compare with; only values can stand here";
                Err(FilterError::new(inner.path[0].at, message))
            }
        }
    }

    fn test(&self, restriction: &Restriction, literal: &Literal, scope: &Scope) -> Result<Node, FilterError> {
        let is_wanted = |method: &str| scope.iter().all(|group| group.iter().any(|one| one.matches(method)));
        fields::test(&restriction.path, restriction.op, literal, |part| self.types.of(part, is_wanted))
    }
}

/// Of every operation it is known whether it is done, so that not being done is an answer of its own, which stores know of.
fn not(node: Node) -> Node {
    match node {
        Node::Test(Test::Done(done)) => Node::Test(Test::Done(!done)),
        node => Node::Not(Box::new(node)),
    }
}

/// The methods that an expression restricts operations to, if it does nothing else.
fn methods(expr: &Expr) -> Option<Vec<Pattern>> {
    let all = |parts: &[Expr], of: &dyn Fn(&Expr) -> Option<Vec<Pattern>>| {
        let groups: Option<Vec<_>> = parts.iter().map(of).collect();
        groups.map(|groups| groups.into_iter().flatten().collect())
    };
    match expr {
        Expr::Or(parts) => all(parts, &methods),
        Expr::Restriction(Restriction { path, op: Op::Equal | Op::Has, arg })
            if path.len() == 1 && fields::field(&path[0]) == Some("method") =>
        {
            let value = |expr: &Expr| match expr {
                Expr::Bare(literal) => Some(vec![Pattern::new(literal)]),
                _ => None,
            };
            match arg {
                Arg::Value(literal) => Some(vec![Pattern::new(literal)]),
                Arg::Composite(inner) => match &**inner {
                    Expr::Or(parts) => all(parts, &value),
                    one => value(one),
                },
            }
        }
        _ => None,
    }
}

fn bare(literal: &Literal) -> FilterError {
    let message = if !literal.quoted && fields::field(literal).is_some() {
        format!("`{0}` is not compared with anything; write for example `{0} = …` or `{0}:*`", literal.text)
    } else {
        format!("{} has no field; say which one should match, as in `name = \"*…*\"`", quote(&literal.text))
    };
    FilterError::new(literal.at, message)
}
