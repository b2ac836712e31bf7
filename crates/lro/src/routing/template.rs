//! Path templates with one named part.

/// The name in `template`, and the part of `path` that it stands for, if the whole path matches.
pub(super) fn find<'t, 'p>(template: &'t str, path: &'p str) -> Option<(&'t str, &'p str)> {
    let (before, rest) = template.split_once('{')?;
    let (named, after) = rest.split_once('}')?;
    let (name, named) = named.split_once('=').unwrap_or((named, "*"));
    let before = if before.is_empty() { vec![] } else { segments(before.strip_suffix('/')?) };
    let named = segments(named);
    let after = if after.is_empty() { vec![] } else { segments(after.strip_prefix('/')?) };

    let pattern = [&before[..], &named, &after].concat();
    let lengths = lengths(&pattern, &segments(path))?;
    let (first, last) = (before.len(), before.len() + named.len());
    Some((name, part(path, lengths[..first].iter().sum(), lengths[first..last].iter().sum())))
}

/// How many segments of `path` each segment of `pattern` stands for, if the whole path matches.
fn lengths(pattern: &[&str], path: &[&str]) -> Option<Vec<usize>> {
    let many = pattern.iter().filter(|segment| **segment == "**").count();
    // What `**` stands for is what the others leave, so there is one way to match, and no search.
    let left = (path.len() + many).checked_sub(pattern.len())?;
    if many > 1 || (many == 0 && left > 0) {
        return None;
    }
    let mut rest = path;
    let mut lengths = Vec::with_capacity(pattern.len());
    for segment in pattern {
        let length = if *segment == "**" { left } else { 1 };
        let (here, after) = rest.split_at_checked(length)?;
        let fits = match *segment {
            "**" => true,
            "*" => !here[0].is_empty(),
            literal => here[0] == literal,
        };
        if !fits {
            return None;
        }
        lengths.push(length);
        rest = after;
    }
    Some(lengths)
}

/// `length` segments of a path, without the first `skipped`.
fn part(path: &str, skipped: usize, length: usize) -> &str {
    // The end of each segment, at the slash behind it or at the end of the path.
    let ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).chain([path.len()]).collect();
    let start = if skipped == 0 { 0 } else { (ends[skipped - 1] + 1).min(path.len()) };
    let end = if length == 0 { start } else { ends[skipped + length - 1] };
    &path[start..end]
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_part_is_found() {
        let book = "projects/p/shelves/1/books/2";
        for (template, path, expected) in [
            ("{routing_id=**}", "fast", ("routing_id", "fast")),
            ("{routing_id=**}", book, ("routing_id", book)),
            ("{project=projects/*}/**", book, ("project", "projects/p")),
            ("{name=projects/*/shelves/*/**}", book, ("name", book)),
            ("projects/*/{shelf=shelves/*}/books/*", book, ("shelf", "shelves/1")),
            ("projects/*/{shelf=shelves/*}/**", "projects/p/shelves/1", ("shelf", "shelves/1")),
            ("projects/*/shelves/{shelf=*}/books/*", book, ("shelf", "1")),
            ("projects/{project}/shelves/*/books/*", book, ("project", "p")),
            ("profiles/{routing_id=*}", "profiles/fast", ("routing_id", "fast")),
            ("projects/{rest=**}", book, ("rest", "p/shelves/1/books/2")),
            ("{all=**}/books/*", book, ("all", "projects/p/shelves/1")),
            ("{shelf=shelves/*}/**", "shelves/1/", ("shelf", "shelves/1")),
            ("shelves/{rest=**}", "shelves", ("rest", "")),
            ("{none=**}/shelves", "shelves", ("none", "")),
            ("{name=**}", "", ("name", "")),
            ("{name=**}", "é/ü", ("name", "é/ü")),
        ] {
            assert_eq!(find(template, path), Some(expected), "{template} in {path}");
        }
    }

    #[test]
    fn a_path_that_does_not_match_as_a_whole_has_no_part() {
        for (template, path) in [
            ("{project=projects/*}", "projects/p/shelves/1"),
            ("{project=projects/*}/shelves/*", "projects/p"),
            ("{project=projects/*}", "regions/r"),
            ("{project=projects/*}", "projects/"),
            ("{project=projects/*}", "/projects/p"),
            ("{project=projects/*}/**", "projects"),
            ("{project}", ""),
            ("{all=**}/books/*", "books"),
        ] {
            assert_eq!(find(template, path), None, "{template} in {path}");
        }
    }

    #[test]
    fn what_is_no_template_matches_nothing() {
        for template in ["", "*", "{a", "a}", "{a=**}/**", "x{a=*}", "{a=*}x", "{a=*}{b=*}"] {
            assert_eq!(find(template, "p"), None, "{template}");
        }
    }
}
