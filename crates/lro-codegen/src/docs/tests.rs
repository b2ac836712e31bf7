//! Hostile comments, each with what becomes of it.

use super::clean;

#[track_caller]
fn check(comment: &str, expected: &[&str]) {
    assert_eq!(clean(comment), expected, "{comment:?}");
}

#[test]
fn text_stays_text() {
    check(" One.\n\n Two.\n", &["One.", "", "Two."]);
    check("\n\n One.\n\n", &["One."]);
    check("", &[]);
    check(" \n \n", &[]);
    check(" Ünïcödé, 漢字, 🦀 and */ /* // /// stay.", &["Ünïcödé, 漢字, 🦀 and */ /* // /// stay."]);
}

#[test]
fn what_deceives_the_eye_or_ends_a_line_is_left_out() {
    check(" a\tb\r\n c\u{0}d\u{7}e", &["a    b", "cde"]);
    check(" safe\u{202e}txt.exe\u{2066}!", &["safetxt.exe!"]);
    check(" covered\u{fdd0}\u{fdd2}", &["covered"]);
}

#[test]
fn tags_and_brackets_are_escaped() {
    check(" A <b>bold</b> Map<String, T>.", &[r"A \<b>bold\</b> Map\<String, T>."]);
    check(" See [x] and [Foo][] and arr[0][1].", &[r"See \[x\] and \[Foo\]\[\] and arr\[0\]\[1\]."]);
    check(" [label]: not a definition", &[r"\[label\]: not a definition"]);
    check(
        " <!-- hidden --> <a href=\"https://a.example\">",
        &[r#"\<!-- hidden --> \<a href="<https://a.example>">"#],
    );
}

#[test]
fn references_to_proto_elements_become_code() {
    check(" See [Foo][a.b.Foo] or [a.b.Foo.bar][a.b.Foo.bar].", &["See `Foo` or `a.b.Foo.bar`."]);
    check(" [two words][a.b.Foo]", &[r"\[two words\]\[a.b.Foo\]"]);
}

#[test]
fn links_to_the_web_stay_and_others_become_text() {
    check(" [text](https://a.example/x_y#z).", &["[text](https://a.example/x_y#z)."]);
    check(
        " [text](other.md) [text](https://a.example \"title\")",
        &[r#"\[text\](other.md) \[text\](<https://a.example> "title")"#],
    );
    check(" [a [b](https://a.example)", &[r"\[a [b](https://a.example)"]);
}

#[test]
fn bare_urls_become_links_without_the_punctuation_around_them() {
    check(
        " At https://a.example/x?y=z&w. Or (http://b.example), ok?",
        &["At <https://a.example/x?y=z&w>. Or (<http://b.example>), ok?"],
    );
    check(
        " <https://a.example> \"https://b.example\" **https://c.example**",
        &["<https://a.example> \"<https://b.example>\" **<https://c.example>**"],
    );
    check(
        " URL:https://a.example xhttps://b.example https://{host}/x https://",
        &["URL:<https://a.example> x<https://b.example> https://{host}/x https://"],
    );
}

#[test]
fn code_spans_stay_as_they_are() {
    check(
        " `Vec<T>`, ``a`[b]``, `https://a.example/{x}`.",
        &["`Vec<T>`, ``a`[b]``, `https://a.example/{x}`."],
    );
    check(" An `open one <T>.", &[r"An \`open one \<T>."]);
    check(" Over two `lines\n of [x]` text.", &[r"Over two \`lines", r"of \[x\]\` text."]);
    check(" ``` on its own", &[r"```text", "```"]);
}

#[test]
fn backslashes_escape_what_they_escaped() {
    check(r" \[kept\] C:\dir \\ \", &[r"\[kept\] C:\\dir \\ \\"]);
}

#[test]
fn fences_say_text_and_are_closed() {
    check(" ```\n let x;\n ```\n <T>", &["```text", "let x;", "```", r"\<T>"]);
    check(" ```rust,ignore\n [x]\n", &["```text", "[x]", "```"]);
    check(" ~~~~sh\n ~~~\n ```\n ~~~~~\n after", &["~~~~text", "~~~", "```", "~~~~", "after"]);
    check(" ```one``` line", &["```one``` line"]);
    check(" a\n\n     ```\n       x\n     ```\n b", &["a", "", "```text", "  x", "```", "b"]);
}

#[test]
fn indented_lines_get_a_fence() {
    check(
        " Like this:\n\n     let x = [0];\n\n       y\n\n After.",
        &["Like this:", "", "```text", "let x = [0];", "", "  y", "```", "", "After."],
    );
    check("     all\n     of it\n", &["all", "of it"]);
    check(
        " a\n\n     x\n     ```rust\n     y\n     ```\n b",
        &["a", "", "````text", "x", "```rust", "y", "```", "````", "b"],
    );
    check(" a\n     lazy <T> continuation", &["a", r"lazy \<T> continuation"]);
}

#[test]
fn lists_are_not_code() {
    check(
        " - a\n   more\n     - b\n\n         deep\n\n After",
        &["- a", "  more", "   - b", "", "   deep", "", "After"],
    );
    check(" 10. ten\n\n      text\n", &["10. ten", "", "   text"]);
    check(" *      far\n +    - nested", &["* far", "+ - nested"]);
    check(" - ```rust\n   x\n   ```\n - b", &["- ```text", "  x", "  ```", "- b"]);
    check(" - a\n\n       ```\n       x\n       ```\n", &["- a", "", "   ```text", "   x", "   ```"]);
}

#[test]
fn quotes_are_text() {
    check(" > said\n >     let x;\n > ```", &[r"\> said", r"\>     let x;", r"\> \`\`\`"]);
}

#[test]
fn long_lines_of_marks_are_read_once() {
    // What took quadratic time would make this test stand out by minutes.
    let runs: String = (1..600).map(|length| "`".repeat(length) + "x").collect();
    for line in
        ["[".repeat(200_000), "[a][".repeat(50_000), "<https://a".repeat(20_000), "<".repeat(200_000), runs]
    {
        assert_eq!(clean(&line).len(), 1);
    }
}
