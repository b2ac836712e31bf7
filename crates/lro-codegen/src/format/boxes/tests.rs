use super::{Boxes, Break, INDENT};

/// What is written of a box of words, `before` and `after` it.
fn laid_out(begin: fn(&mut Boxes), before: &str, words: &[&str], after: &str) -> String {
    let mut boxes = Boxes::new(0);
    boxes.text(before);
    begin(&mut boxes);
    for (position, word) in words.iter().enumerate() {
        if position > 0 {
            boxes.space();
        }
        boxes.text(word);
    }
    boxes.end();
    boxes.text(after);
    boxes.finish()
}

#[test]
fn a_box_is_on_one_line_if_it_fits_with_what_follows() {
    let wide = "a".repeat(85);
    for begin in [|boxes: &mut Boxes| boxes.consistent(INDENT), |boxes: &mut Boxes| boxes.filled(INDENT)] {
        assert_eq!(laid_out(begin, "(", &[&wide, "b"], ")"), format!("({wide} b)"));
        assert_eq!(laid_out(begin, "(", &[&wide, "b"], "))"), format!("({wide}\n    b))"));
    }
}

#[test]
fn one_that_does_not_fit_ends_all_its_lines_or_fills_them() {
    let wide = "a".repeat(83);
    let words = ["b", "c", &wide, "d", "e"];
    assert_eq!(laid_out(|boxes| boxes.consistent(0), "", &words, ""), format!("b\nc\n{wide}\nd\ne"));
    assert_eq!(laid_out(|boxes| boxes.filled(2), "", &words, ""), format!("b c {wide} d\n  e"));
}

#[test]
fn one_may_be_narrower_than_the_line() {
    let begin = |boxes: &mut Boxes| boxes.consistent_within(3, INDENT);
    assert_eq!(laid_out(begin, "a ", &["b", "c"], " d"), "a b c d");
    assert_eq!(laid_out(begin, "a ", &["b", "cd"], " e"), "a b\n    cd e");
}

#[test]
fn a_line_end_within_it_is_too_wide_for_all_boxes_around_it() {
    let mut boxes = Boxes::new(0);
    boxes.consistent(INDENT);
    boxes.text("a");
    boxes.space();
    boxes.filled(0);
    boxes.text("b");
    boxes.line_end();
    boxes.text("c");
    boxes.end();
    boxes.break_with(Break { indent: -INDENT, ..Break::COMMA });
    boxes.text("d");
    boxes.end();
    assert_eq!(boxes.finish(), "a\n    b\n    c,\nd");
}

#[test]
fn one_that_holds_nothing_has_no_lines() {
    let mut boxes = Boxes::new(0);
    boxes.consistent(INDENT);
    boxes.text("a {");
    boxes.line_end_unless_last();
    boxes.end_list();
    boxes.text("}(");
    boxes.consistent(INDENT);
    boxes.space();
    boxes.end_list();
    boxes.text(")");
    assert_eq!(boxes.finish(), "a {}()");
}
