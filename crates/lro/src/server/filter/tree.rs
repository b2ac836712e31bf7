//! A filter as it was written: the grammar of AIP-160, before any field is looked up.

use std::fmt;

/// Which operations are wanted. A sequence without an operator between its parts is an [`And`](Self::And) too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expr {
    /// All of these, of which there are two or more.
    And(Vec<Expr>),
    /// Any of these, of which there are two or more.
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// `path op arg`.
    Restriction(Restriction),
    /// A value without a field, which stands alone or in the argument of a restriction.
    Bare(Literal),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Restriction {
    /// The names of fields, and keys of maps, that lead to what is compared. Never empty.
    pub(super) path: Vec<Literal>,
    pub(super) op: Op,
    pub(super) arg: Arg,
}

/// The right side of a restriction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Arg {
    Value(Literal),
    /// `a = (b OR c)`, which means `a = b OR a = c`.
    Composite(Box<Expr>),
}

/// A text, quoted or not, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Literal {
    /// Without quotes, and with escapes replaced.
    pub(super) text: String,
    pub(super) quoted: bool,
    /// Which bytes of the text are a `*` that was written without a backslash before it.
    pub(super) stars: Vec<usize>,
    /// The byte of the filter that it begins with.
    pub(super) at: usize,
}

impl Literal {
    /// Whether it is the lone `*` that asks whether something is there.
    pub(super) fn is_star(&self) -> bool {
        self.text == "*" && self.stars == [0]
    }
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Has,
}

impl Op {
    /// All of them, longer ones before those that they begin with.
    pub(super) const ALL: [(&'static str, Self); 7] = [
        ("<=", Self::LessOrEqual),
        (">=", Self::GreaterOrEqual),
        ("!=", Self::NotEqual),
        ("<", Self::Less),
        (">", Self::Greater),
        ("=", Self::Equal),
        (":", Self::Has),
    ];

    pub(super) fn symbol(self) -> &'static str {
        Self::ALL.iter().find(|(_, op)| *op == self).map_or("", |(symbol, _)| symbol)
    }

    /// Whether a value that relates to another one in this way satisfies the operator; `:` asks for equality.
    pub(super) fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal | Self::Has => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// Whether it needs an order and not just equality.
    pub(super) fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual | Self::Has)
    }
}

/// Prints what parses to the same tree.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => join(f, parts, " AND ", |part| matches!(part, Self::And(_))),
            Self::Or(parts) => join(f, parts, " OR ", |part| matches!(part, Self::And(_) | Self::Or(_))),
            Self::Not(negated) => {
                f.write_str("NOT ")?;
                part(f, negated, matches!(**negated, Self::And(_) | Self::Or(_) | Self::Not(_)))
            }
            Self::Restriction(Restriction { path, op, arg }) => {
                for (index, segment) in path.iter().enumerate() {
                    write!(f, "{}{segment}", if index == 0 { "" } else { "." })?;
                }
                write!(f, " {} ", op.symbol())?;
                match arg {
                    Arg::Value(value) => write!(f, "{value}"),
                    Arg::Composite(inner) => write!(f, "({inner})"),
                }
            }
            Self::Bare(value) => write!(f, "{value}"),
        }
    }
}

fn join(
    f: &mut fmt::Formatter<'_>,
    parts: &[Expr],
    between: &str,
    needs_parentheses: impl Fn(&Expr) -> bool,
) -> fmt::Result {
    for (index, one) in parts.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { between })?;
        part(f, one, needs_parentheses(one))?;
    }
    Ok(())
}

fn part(f: &mut fmt::Formatter<'_>, part: &Expr, parentheses: bool) -> fmt::Result {
    if parentheses { write!(f, "({part})") } else { write!(f, "{part}") }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.quoted {
            return f.write_str(&self.text);
        }
        f.write_str("\"")?;
        for (at, char) in self.text.char_indices() {
            let escaped = matches!(char, '"' | '\\') || (char == '*' && !self.stars.contains(&at));
            match char {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                _ if escaped => write!(f, "\\{char}")?,
                _ => write!(f, "{char}")?,
            }
        }
        f.write_str("\"")
    }
}
