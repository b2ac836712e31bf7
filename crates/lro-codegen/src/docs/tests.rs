//! Hostile comments, each with what becomes of it.

/// As where nothing is generated that a comment could refer to.
fn clean(comment: &str) -> Vec<String> {
    super::clean(comment, &|_| None)
}

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
    check(
        " See [x] and [a-z][A-Z0-9] and arr[0][1].",
        &[r"See \[x\] and \[a-z\]\[A-Z0-9\] and arr\[0\]\[1\]."],
    );
    check(" [label]: not a definition", &[r"\[label\]: not a definition"]);
    check(
        " <!-- hidden --> <a href=\"https://a.example\">",
        &[r#"\<!-- hidden --> \<a href="<https://a.example>">"#],
    );
}

#[test]
fn references_to_what_is_not_generated_become_text() {
    check(" See [Foo][a.b.Foo] or [a.b.Foo.bar][a.b.Foo.bar].", &["See `Foo` or `a.b.Foo.bar`."]);
    check(
        " The [two words][a.b.Foo], [`Foo`][a.b.Foo], [Foo][] and [a.b.Foo][].",
        &["The two words, `Foo`, `Foo` and `a.b.Foo`."],
    );
    check(" At [Foo] [a.b.Foo] and [.a.Foo][.a.Foo].", &["At `Foo` and `.a.Foo`."]);
    check(
        " [<T> s][a.b.Foo] [x][y] [x] [y] f[x][] [][]",
        &[r"\[\<T> s\]\[a.b.Foo\] \[x\]\[y\] \[x\] \[y\] f\[x\]\[\] \[\]\[\]"],
    );
    check(
        " [Foo\\][a.b.Foo] [Foo][a..b] [Foo][a.b c]",
        &[r"\[Foo\]\[a.b.Foo\] \[Foo\]\[a..b\] \[Foo\]\[a.b c\]"],
    );
}

#[test]
fn references_to_what_is_generated_become_links() {
    let resolve = |target: &str| match target {
        "a.b.Foo" | "Foo" => Some("super::Foo".to_owned()),
        "a.b.Bar" | "Bar" => Some("Bar".to_owned()),
        _ => None,
    };
    let check = |comment: &str, expected: &[&str]| {
        assert_eq!(super::clean(comment, &resolve), expected, "{comment:?}");
    };
    check(" [Foo][a.b.Foo], [the foos][a.b.Foo].", &["[`Foo`](super::Foo), [the foos](super::Foo)."]);
    check(
        " [Foo][], [`Foo`][a.b.Foo], [a.b.Foo][].",
        &["[`Foo`](super::Foo), [`Foo`](super::Foo), [`a.b.Foo`](super::Foo)."],
    );
    check(" [Bar][a.b.Bar] [*Bar*][a.b.Bar] [bars][Bar]", &["[`Bar`] [`Bar`] [`bars`](Bar)"]);
    check(" [the `Foo`, <T> or `x][a.b.Foo]", &[r"\[the `Foo`, \<T> or \`x\]\[a.b.Foo\]"]);
    check(" [the `Foo` or `x][a.b.Foo]", &[r"[the `Foo` or \`x](super::Foo)"]);
    check(" [https://a.example][a.b.Foo]", &["<https://a.example>"]);
    check(
        " arr[x][Foo] (arr)[Foo][] `[Foo][a.b.Foo]`",
        &[r"arr\[x\]\[Foo\] (arr)\[Foo\]\[\] `[Foo][a.b.Foo]`"],
    );
    check(" ```\n [Foo][a.b.Foo]\n ```", &["```text", "[Foo][a.b.Foo]", "```"]);
}

#[test]
fn what_is_next_to_a_reference_is_no_part_of_its_link() {
    let resolve = |target: &str| ["a.Foo", "a.Bar"].contains(&target).then(|| target[2..].to_owned());
    let check = |comment: &str, expected: &[&str]| {
        assert_eq!(super::clean(comment, &resolve), expected, "{comment:?}");
    };
    check(" All [Foo][a.Foo](s) of it.", &[r"All [`Foo`]\(s) of it."]);
    check(" [Foo][a.Foo]: the foo.\n - [Foo][a.Foo]: too", &[r"[`Foo`]\: the foo.", r"- [`Foo`]\: too"]);
    check(" So is [Foo][a.Foo]: it.", &["So is [`Foo`]: it."]);
    check(" [Foo][a.Foo][the bar][a.Bar][Bar][a.Bar]", &["[`Foo`] [the bar](Bar)[`Bar`]"]);
    check(" [Foo][a.Foo][x](https://a.example) ", &["[`Foo`] [x](https://a.example)"]);
    check(" Wow![Foo][a.Foo], \\![Foo][a.Foo]", &[r"Wow\![`Foo`], \![`Foo`]"]);
    check(" [Far][a.Far][Far][a.Far]`x`[Far][a.Far](s)", &["`Far` `Far` `x` `Far`(s)"]);
}

#[test]
fn references_over_several_lines_become_one() {
    let resolve = |target: &str| (target == "a.b.Foo").then(|| "Foo".to_owned());
    let check = |comment: &str, expected: &[&str]| {
        assert_eq!(super::clean(comment, &resolve), expected, "{comment:?}");
    };
    check(" See [the\n foo][a.b.Foo] here.\n There.", &["See [the foo](Foo) here.", "There."]);
    check(" See [Foo]\n [a.b.Foo].", &["See [`Foo`]."]);
    check(" See [Foo][a.b.Foo\n ], or [the\n foo]\n [a.b.Foo]", &["See [`Foo`], or [the foo](Foo)"]);
    check(" - See [the\n   foo][a.b.Foo]\n - b", &["- See [the foo](Foo)", "- b"]);
    check(" | [the | a |\n | foo][a.b.Foo] |", &[r"| \[the | a |", r"| foo\]\[a.b.Foo\] |"]);
    check(" [a\n\n b][a.b.Foo]", &[r"\[a", "", r"b\]\[a.b.Foo\]"]);
    check(" [a\n web](https://a.example/x) page", &["[a web](https://a.example/x) page"]);
}

#[test]
fn internal_comments_are_not_published() {
    check(" Public.\n (-- secret --)\n", &["Public."]);
    check("(-- one\n two\n --)\n", &[]);
    check(" A (-- b --) c.\n D.", &["A  c.", "D."]);
    check(
        " A.\n\n (-- api-linter: core::0133=disabled\n     aip.dev/not-precedent: old. --)\n\n B.",
        &["A.", "", "B."],
    );
    check("(--\n a\n--) B (-- c --)", &["B"]);
    check(" Call it (--verbose), or (--) and (-- open.", &["Call it (--verbose), or (--) and (-- open."]);
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
    check(" Over two `lines\n of [x]` text.\n Next.", &["Over two `lines of [x]` text.", "Next."]);
    check(" An `apostrophe\n and `code`.", &[r"An \`apostrophe", "and `code`."]);
    check(" One `tick\n\n and ` another.", &[r"One \`tick", "", r"and \` another."]);
    check(" One `tick\n - and ` another.", &[r"One \`tick", r"- and \` another."]);
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
fn bars_in_code_do_not_end_the_cell_of_a_table() {
    check(
        " | a | b |\n |---|---|\n | `x|y` | `x\\|y` |\n | [x][y] | <T> |",
        &["| a | b |", "|---|---|", r"| `x\|y` | `x\|y` |", r"| \[x\]\[y\] | \<T> |"],
    );
    check(" Either `a|b`.", &["Either `a|b`."]);
    check(
        " https://a.example/x|y <https://a.example/x|y>",
        &[r"<https://a.example/x>|y \<<https://a.example/x>|y>"],
    );
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
