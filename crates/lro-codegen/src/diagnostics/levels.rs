//! Which level each rule has in a run.

use crate::diagnostics::Diagnostic;
use crate::diagnostics::rules::{Level, RULES, Rule, RuleSpec};
use crate::diagnostics::suggest::nearest;

/// The level of each rule.
#[derive(Debug, Clone)]
pub(crate) struct Levels {
    /// By the position of the rule; absent where the default holds.
    set: [Option<Level>; RULES.len()],
}

impl Default for Levels {
    fn default() -> Self {
        Self { set: [None; RULES.len()] }
    }
}

impl Levels {
    /// The levels that a configuration asks for, where a later entry wins over an earlier one, and what is wrong with its entries.
    pub(crate) fn new(wanted: &[(String, Level)]) -> (Self, Vec<Diagnostic>) {
        let (mut levels, mut problems) = (Self::default(), Vec::new());
        for (selector, level) in wanted {
            let selected = || RULES.iter().filter(|spec| is_within(spec.name, selector));
            if selected().next().is_none() {
                problems.push(unknown(selector));
            } else if *level != Level::Deny && selected().all(|spec| spec.level.is_none()) {
                problems.push(fixed(selector));
            }
            for spec in selected().filter(|spec| spec.level.is_some()) {
                levels.set[spec.rule as usize] = Some(*level);
            }
        }
        (levels, problems)
    }

    /// The level of the findings of a rule that leave code to be generated.
    pub(crate) fn of(&self, rule: Rule) -> Level {
        let index = rule as usize;
        self.set[index].or(RULES[index].level).unwrap_or(Level::Deny)
    }

    /// Whether someone asked not to be stopped by a rule.
    pub(crate) fn is_lowered(&self, rule: Rule) -> bool {
        self.set[rule as usize].is_some_and(|level| level < Level::Deny)
    }
}

/// Whether a rule is the one selected, or belongs to the group selected: `core` and `core::0151` hold `core::0151::operation-info`.
fn is_within(rule: &str, selector: &str) -> bool {
    rule.strip_prefix(selector).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn unknown(selector: &str) -> Diagnostic {
    let last = |name: &'static str| name.rsplit("::").next().unwrap_or_default();
    let short = RULES.iter().map(|spec| spec.name).find(|name| last(name) == selector);
    let nearest = || nearest(selector, RULES.iter().map(|spec| spec.name));
    let hint = short.or_else(nearest).map(|name| format!("did you mean {name}? ")).unwrap_or_default();
    Diagnostic::error(Rule::Option, format!("there is no rule `{selector}`")).help(format!(
        "{hint}A group, `core::0151` say, stands for its rules. The rules are {}",
        names(|_| true)
    ))
}

fn fixed(selector: &str) -> Diagnostic {
    let message =
        format!("the level of `{selector}` cannot be lowered: where it is broken, no code can be generated");
    Diagnostic::error(Rule::Option, message)
        .help(format!("leave it out. The rules that have a level are {}", names(|spec| spec.level.is_some())))
}

fn names(wanted: fn(&RuleSpec) -> bool) -> String {
    let names: Vec<&str> = RULES.iter().filter(|spec| wanted(spec)).map(|spec| spec.name).collect();
    names.join(", ")
}
