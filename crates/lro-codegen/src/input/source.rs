//! Comments and positions, out of a file's source info.

use bytes::{Buf as _, Bytes};
use prost::Message as _;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use crate::diagnostics::Location;
use crate::input::descriptor;
use crate::input::path;

/// Where the services of one file and their parts stand, and what their comments say.
#[derive(Debug)]
pub(crate) struct SourceInfo {
    file: String,
    /// Sorted by their paths; of several with one path, the last one counts.
    locations: Vec<descriptor::Location>,
}

impl SourceInfo {
    /// Reads a file's source info. What cannot be decoded is treated as absent: positions and comments are a courtesy.
    pub(crate) fn read(file: &str, encoded: Option<&Bytes>) -> Self {
        Self::read_only(file, encoded, |location| !leads_elsewhere(location, path::FILE_SERVICE))
    }

    /// Like [`SourceInfo::read`], with everything else that is in the file.
    pub(crate) fn read_whole(file: &str, encoded: Option<&Bytes>) -> Self {
        Self::read_only(file, encoded, |_| true)
    }

    fn read_only(file: &str, encoded: Option<&Bytes>, wanted: impl Fn(&[u8]) -> bool) -> Self {
        let mut locations: Vec<_> = locations(encoded, wanted).collect();
        locations.sort_by(|a, b| a.path.cmp(&b.path));
        Self { file: file.to_owned(), locations }
    }

    fn find(&self, path: &[i32]) -> Option<&descriptor::Location> {
        let end = self.locations.partition_point(|location| location.path.as_slice() <= path);
        self.locations[..end].last().filter(|location| location.path == path)
    }

    /// The place of an element. Where the compiler did not record it, the nearest element around it.
    pub(crate) fn locate(&self, path: &[i32]) -> Location {
        let span = (1..=path.len())
            .rev()
            .find_map(|length| self.find(&path[..length]))
            .map_or(&[][..], |location| &location.span);
        location(&self.file, span, path)
    }

    /// The comment that belongs to an element: the one before it, then the one after it.
    pub(crate) fn comment(&self, path: &[i32]) -> String {
        let Some(location) = self.find(path) else { return String::new() };
        match (location.leading_comments.is_empty(), location.trailing_comments.is_empty()) {
            (_, true) => location.leading_comments.clone(),
            (true, false) => location.trailing_comments.clone(),
            (false, false) => format!("{}\n{}", location.leading_comments, location.trailing_comments),
        }
    }
}

/// The locations of a file's source info, as far as their encoded form is wanted.
pub(crate) fn locations(
    encoded: Option<&Bytes>,
    wanted: impl Fn(&[u8]) -> bool,
) -> impl Iterator<Item = descriptor::Location> {
    let encoded = encoded.and_then(|info| encoded_locations(info)).unwrap_or_default();
    encoded
        .into_iter()
        .filter(move |location| wanted(location))
        .filter_map(|location| descriptor::Location::decode(location).ok())
}

/// The locations of a `google.protobuf.SourceCodeInfo`, each still encoded: of most files only few are needed. Nothing if it is cut short.
fn encoded_locations(info: &[u8]) -> Option<Vec<&[u8]>> {
    const LOCATION: u32 = 1;
    let (mut rest, mut locations) = (info, Vec::new());
    while rest.has_remaining() {
        let (number, wire_type) = decode_key(&mut rest).ok()?;
        if number == LOCATION && wire_type == WireType::LengthDelimited {
            let length = usize::try_from(decode_varint(&mut rest).ok()?).ok()?;
            let (location, after) = rest.split_at_checked(length)?;
            locations.push(location);
            rest = after;
        } else if number == LOCATION {
            return None;
        } else {
            skip_field(wire_type, number, &mut rest, DecodeContext::default()).ok()?;
        }
    }
    Some(locations)
}

/// The place of an element, by its span in `SourceCodeInfo`; the file as a whole where there is none.
pub(crate) fn location(file: &str, span: &[i32], element: &[i32]) -> Location {
    let (position, end) = match *span {
        [line, column, end] => (position(line, column), position(line, end)),
        [line, column, last_line, end] => (position(line, column), position(last_line, end)),
        [line, column, ..] => (position(line, column), None),
        _ => (None, None),
    };
    let end = end.filter(|_| position <= end);
    Location { file: file.to_owned(), position, end, element: element.to_owned() }
}

/// Line and column from one. Compilers count from zero, and others may send anything.
fn position(line: i32, column: i32) -> Option<(u32, u32)> {
    let from_one = |number| u32::try_from(number).ok()?.checked_add(1);
    Some((from_one(line)?, from_one(column)?))
}

/// Whether the path of an encoded location begins with another number than `first`. Compilers write the path as the first of the fields,
/// packed; of any other form this says no, and nothing is lost.
fn leads_elsewhere(location: &[u8], first: i32) -> bool {
    const PACKED_PATH: u8 = 1 << 3 | 2;
    const MORE: u8 = 1 << 7;
    match location {
        [PACKED_PATH, length, number, ..] if *length > 0 && (length | number) & MORE == 0 => {
            i32::from(*number) != first
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Place = Option<(u32, u32)>;

    /// A `google.protobuf.SourceCodeInfo`.
    fn info(locations: &[descriptor::Location]) -> Bytes {
        let mut info = Vec::new();
        for location in locations {
            prost::encoding::message::encode(1, location, &mut info);
        }
        info.into()
    }

    fn located(span: &[i32]) -> (Place, Place) {
        let location = descriptor::Location { path: vec![6, 0], span: span.to_vec(), ..Default::default() };
        let source = SourceInfo::read("shop.proto", Some(&info(&[location])));
        let found = source.locate(&[6, 0, 2, 3]);
        assert_eq!(found.element, [6, 0, 2, 3]);
        (found.position, found.end)
    }

    #[test]
    fn spans_begin_and_end_at_lines_and_columns_from_one() {
        assert_eq!(located(&[4, 2, 9]), (Some((5, 3)), Some((5, 10))));
        assert_eq!(located(&[4, 2, 6, 1]), (Some((5, 3)), Some((7, 2))));
        assert_eq!(located(&[4, 2, 2]), (Some((5, 3)), Some((5, 3))));
    }

    #[test]
    fn of_locations_with_one_path_the_last_one_counts_in_whatever_order_they_come() {
        let location = |path: &[i32], comment: &str| descriptor::Location {
            path: path.to_vec(),
            leading_comments: comment.to_owned(),
            ..descriptor::Location::default()
        };
        let locations =
            [location(&[6, 1], "b"), location(&[6, 0], "a"), location(&[6, 1], "c"), location(&[6], "d")];
        let encoded = info(&locations);
        let source = SourceInfo::read("shop.proto", Some(&encoded));
        let comments = [&[6, 0][..], &[6, 1], &[6], &[6, 2], &[]].map(|path| source.comment(path));
        assert_eq!(comments, ["a", "c", "d", "", ""]);
        let cut = encoded.slice(..encoded.len() - 1);
        assert_eq!(SourceInfo::read("shop.proto", Some(&cut)).comment(&[6, 0]), "");
    }

    #[test]
    fn spans_that_no_compiler_writes_are_taken_for_what_they_are_worth() {
        assert_eq!(located(&[]), (None, None));
        assert_eq!(located(&[4]), (None, None));
        assert_eq!(located(&[4, 2]), (Some((5, 3)), None));
        assert_eq!(located(&[4, 2, 6, 1, 9]), (Some((5, 3)), None));
        assert_eq!(located(&[4, 2, 1]), (Some((5, 3)), None), "the end is before the beginning");
        assert_eq!(located(&[4, 2, 3, 9]), (Some((5, 3)), None), "the end is before the beginning");
        assert_eq!(located(&[-1, 2, 9]), (None, None));
        assert_eq!(located(&[4, 2, -9]), (Some((5, 3)), None));
        assert_eq!(located(&[i32::MAX, i32::MAX, i32::MIN]), (Some((1 << 31, 1 << 31)), None));
    }

    #[test]
    fn a_location_is_passed_over_only_if_it_leads_elsewhere_for_sure() {
        let location = |path: &[i32]| {
            descriptor::Location { path: path.to_vec(), ..descriptor::Location::default() }.encode_to_vec()
        };
        assert!(leads_elsewhere(&location(&[4, 0, 2, 1]), path::FILE_SERVICE));
        for kept in [
            location(&[6, 0, 2, 1]),
            location(&[6]),
            location(&[]),
            location(&[1049, 1]),
            location(&[6; 200]),
            vec![8, 4],
        ] {
            assert!(!leads_elsewhere(&kept, path::FILE_SERVICE), "{kept:?}");
        }
    }
}
