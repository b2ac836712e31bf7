//! The fields of an operation that filters can name.

use super::compare::{Compare, Kind};
use super::error::{FilterError, nearest, quote};
use super::evaluate::{Node, Test};
use super::message::{Part, PartType, Question};
use super::tree::{Literal, Op};

/// All of them, each also under its name in JSON.
const FIELDS: [(&str, &str); 11] = [
    ("name", "name"),
    ("done", "done"),
    ("method", "method"),
    ("owner", "owner"),
    ("labels", "labels"),
    ("create_time", "createTime"),
    ("update_time", "updateTime"),
    ("end_time", "endTime"),
    ("error", "error"),
    ("metadata", "metadata"),
    ("response", "response"),
];

/// `google.rpc.Code`.
const CODES: [(&str, i32); 17] = [
    ("OK", 0),
    ("CANCELLED", 1),
    ("UNKNOWN", 2),
    ("INVALID_ARGUMENT", 3),
    ("DEADLINE_EXCEEDED", 4),
    ("NOT_FOUND", 5),
    ("ALREADY_EXISTS", 6),
    ("PERMISSION_DENIED", 7),
    ("RESOURCE_EXHAUSTED", 8),
    ("FAILED_PRECONDITION", 9),
    ("ABORTED", 10),
    ("OUT_OF_RANGE", 11),
    ("UNIMPLEMENTED", 12),
    ("INTERNAL", 13),
    ("UNAVAILABLE", 14),
    ("DATA_LOSS", 15),
    ("UNAUTHENTICATED", 16),
];

/// The name of the field that a path begins with, as it is in the proto.
pub(super) fn field(name: &Literal) -> Option<&'static str> {
    let is_it = |(field, json): &&(&str, &str)| [*field, *json].contains(&name.text.as_str());
    FIELDS.iter().find(is_it).map(|(field, _)| *field)
}

/// What a restriction asks. `types` tells what operations hold in a part, of the methods that the filter is about there.
///
/// # Errors
/// A field that is not there, and a comparison that makes no sense for what is.
pub(super) fn test(
    path: &[Literal],
    op: Op,
    literal: &Literal,
    types: impl Fn(Part) -> Vec<PartType>,
) -> Result<Node, FilterError> {
    let Some((name, rest)) = path.split_first() else { return Ok(Node::All(Vec::new())) };
    let is_has_star = op == Op::Has && literal.is_star();
    let compare = |kind| {
        check_is_end(name, rest)?;
        Compare::new(&name.text, kind, op, literal)
    };
    let test = match field(name) {
        Some("name") => Test::Name(compare(Kind::Text)?),
        Some("method") => Test::Method(compare(Kind::Text)?),
        Some("owner") => Test::Owner(compare(Kind::Text)?),
        Some("create_time") => Test::CreateTime(compare(Kind::Timestamp)?),
        Some("update_time") => Test::UpdateTime(compare(Kind::Timestamp)?),
        Some("end_time") => Test::EndTime(compare(Kind::Timestamp)?),
        Some("done") => match compare(Kind::Bool)? {
            Compare::Bool(op, done) => Test::Done(done == (op != Op::NotEqual)),
            _ => Test::Done(true),
        },
        Some("labels") => return labels(name, rest, op, literal),
        Some("error") => return error(name, rest, op, literal),
        Some("metadata") if rest.is_empty() && is_has_star => Test::HasMetadata,
        Some("response") if rest.is_empty() && is_has_star => Test::HasResponse,
        Some("metadata") => Test::Metadata(message(name, rest, op, literal, &types(Part::Metadata))?),
        Some("response") => Test::Response(message(name, rest, op, literal, &types(Part::Response))?),
        _ => {
            let known = FIELDS.iter().map(|(name, _)| *name);
            return Err(FilterError::unknown(name.at, "an operation", &name.text, known));
        }
    };
    Ok(Node::Test(test))
}

fn check_is_end(name: &Literal, rest: &[Literal]) -> Result<(), FilterError> {
    let Some(next) = rest.first() else { return Ok(()) };
    let message = format!("`{}` is a single value and has no field {}", name.text, quote(&next.text));
    Err(FilterError::new(next.at, message))
}

fn labels(name: &Literal, rest: &[Literal], op: Op, literal: &Literal) -> Result<Node, FilterError> {
    let test = match rest {
        [] if op != Op::Has => {
            let message = "`labels` is a map; compare the value of a key, as in `labels.key = \"value\"`";
            return Err(FilterError::new(name.at, message));
        }
        [] if literal.is_star() => Test::HasLabels,
        [] => Test::Label(literal.text.clone(), Compare::Present),
        [key] => Test::Label(key.text.clone(), Compare::new(&quote(&key.text), Kind::Text, op, literal)?),
        [_, next, ..] => {
            let message = "a label is a text and has no fields; write a key that has dots in double quotes";
            return Err(FilterError::new(next.at, message));
        }
    };
    Ok(Node::Test(test))
}

fn error(name: &Literal, rest: &[Literal], op: Op, literal: &Literal) -> Result<Node, FilterError> {
    let Some((field, rest)) = rest.split_first() else {
        return match literal {
            star if op == Op::Has && star.is_star() => Ok(Node::Test(Test::HasError)),
            field if op == Op::Has && field.text == "code" => Ok(Node::Test(Test::HasError)),
            field if op == Op::Has && field.text == "message" => {
                Ok(Node::Test(Test::ErrorMessage(Compare::Present)))
            }
            _ => {
                let message = "`error` is a message; compare `error.code` or `error.message`, or ask whether there \
                               is one by `error:*`";
                Err(FilterError::new(name.at, message))
            }
        };
    };
    let test = match field.text.as_str() {
        "code" => {
            check_is_end(field, rest)?;
            Test::ErrorCode(code(op, literal)?)
        }
        "message" => {
            check_is_end(field, rest)?;
            Test::ErrorMessage(Compare::new("`error.message`", Kind::Text, op, literal)?)
        }
        "details" => {
            return Err(FilterError::new(field.at, "what is in `error.details` cannot be compared"));
        }
        unknown => {
            return Err(FilterError::unknown(field.at, "google.rpc.Status", unknown, ["code", "message"]));
        }
    };
    Ok(Node::Test(test))
}

/// A code by its name or its number.
fn code(op: Op, literal: &Literal) -> Result<Compare, FilterError> {
    if let Some((_, number)) = CODES.iter().find(|(name, _)| *name == literal.text) {
        return Ok(Compare::Integer(op, (*number).into()));
    }
    let kind = Kind::Integer(i32::MIN.into(), i32::MAX.into());
    Compare::new("`error.code`", kind, op, literal).map_err(|mut error| {
        let near = nearest(&literal.text, CODES.iter().map(|(name, _)| *name));
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let text = quote(&literal.text);
        error.message = format!(
            "`error.code` is compared with a name of google.rpc.Code or a number, and {text} is neither{near}"
        );
        error
    })
}

fn message(
    name: &Literal,
    rest: &[Literal],
    op: Op,
    literal: &Literal,
    types: &[PartType],
) -> Result<Question, FilterError> {
    if !rest.is_empty() {
        return Question::new(types, name, rest, op, literal);
    }
    if op != Op::Has {
        let message = format!(
            "`{0}` is a message; compare one of its fields, as in `{0}.field = 1`, or ask whether it is set by `{0}:*`",
            name.text
        );
        return Err(FilterError::new(name.at, message));
    }
    // `metadata:field` asks whether the field is there.
    let star = Literal { text: "*".to_owned(), stars: vec![0], at: literal.at, quoted: false };
    Question::new(types, name, std::slice::from_ref(literal), op, &star)
}
