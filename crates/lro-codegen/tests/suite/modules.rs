//! Modules that two things want: services, packages, and messages that hold types.

use crate::names::service;
use crate::support::{check_refused, descriptor_set, generate, proto, request_for, run};

#[test]
fn modules_of_messages_and_packages_that_a_service_wants_are_refused() {
    let body = service("Names", &[], &["Import"])
        + "message Item {}\nmessage NamesLro { message Part {} }\nmessage NamesClient { oneof kind { Item item = 1; } }\n";
    let below = proto("below.proto", "example.names_server", "message Item {}");
    check_refused("collision_modules", &[proto("names.proto", "example", &body), below], "");
}

#[test]
fn messages_without_a_module_are_in_nobodys_way() {
    let body = service("Names", &[], &["Import"])
        + "message Item {}\nmessage NamesLro { optional int32 part = 1; map<string, Item> items = 2; }\n";
    generate(&[proto("names.proto", "example", &body)], "").unwrap();
}

#[test]
fn a_package_and_the_types_within_a_message_collide_in_one_include_file() {
    let files = [
        proto("message.proto", "example", "message Type { message Part {} } message Plain {}"),
        proto("package.proto", "example.type", "message Item {}"),
        proto("below.proto", "example.plain.v1", "message Item {}"),
    ];
    check_refused("collision_package_and_message", &files, "include_file=mod.rs");
    generate(&files, "").unwrap();
}

#[test]
fn an_include_file_that_other_generators_code_would_not_compile_in_is_a_warning() {
    let tree = [
        proto("message.proto", "t.a", "message Foo { message N {} N n = 1; } message Bar { message N {} }"),
        proto("package.proto", "t.a.foo", "message Item {}"),
        proto("deeper.proto", "t.a.bar.v1", "message Item {}"),
        proto("plain.proto", "t.b", &(service("Names", &["Get"], &[]) + "message Item {}")),
        proto("client.proto", "t.b.names_client", "message Item {}"),
        proto("server.proto", "t.b.names_server.v1", "message Item {}"),
        proto("lro.proto", "t.b.names_lro", "message Item {}"),
    ];
    let warnings = |parameter: &str| {
        let output = generate(&tree, &format!("emit=lro,{parameter}")).unwrap();
        output.warnings().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    insta::assert_snapshot!(warnings("include_file=mod.rs").join("\n"), @r"
    plain.proto:4:1: warning: package t.b.names_client and service t.b.Names would both become the module `names_client` in Rust, so the include file does not compile [lro::name-collision]
      help: rename one of them, or generate one in another run and name it with extern_path; the other is at client.proto
    plain.proto:4:1: warning: package t.b.names_server.v1 and service t.b.Names would both become the module `names_server` in Rust, so the include file does not compile [lro::name-collision]
      help: rename one of them, or generate one in another run and name it with extern_path; the other is at server.proto
    package.proto: warning: the types within message t.a.Foo and package t.a.foo would both become the module `foo` in Rust, so the include file does not compile [lro::name-collision]
      help: rename one of them, or generate one in another run and name it with extern_path; the other is at message.proto
    deeper.proto: warning: the types within message t.a.Bar and package t.a.bar would both become the module `bar` in Rust, so the include file does not compile [lro::name-collision]
      help: rename one of them, or generate one in another run and name it with extern_path; the other is at message.proto
    ");
    // Nothing of it is ours without an include file, and what is elsewhere or not written is in nobody's way.
    assert_eq!(warnings(""), [""; 0]);
    let elsewhere = "extern_path=.t.a.Foo=::t::Foo,extern_path=.t.a.Bar=::t::Bar";
    assert_eq!(warnings(&format!("include_file=mod.rs,{elsewhere},client=false,server=false")), [""; 0]);
}

#[test]
fn modules_of_messages_that_are_not_generated_are_in_nobodys_way() {
    let types = "message Foo { message N {} } message WorkLro { message N {} } message WorkClient { oneof one { string a = 1; } }";
    let work = service("Work", &[], &["Import"]) + "message Item {}";
    let files = [
        proto("types.proto", "t.a", types),
        proto("below.proto", "t.a.foo", "import \"types.proto\"; message Item { t.a.Foo.N n = 1; }"),
        proto("work.proto", "t.a", &format!("import \"types.proto\"; {work}")),
    ];
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let set = descriptor_set(&files);
    let said = |targets: &[&str], parameter: &str| {
        let run = run(request_for(set.clone(), targets.iter().copied(), parameter));
        run.map(|output| assert_eq!(output.warnings(), [])).map_err(|problems| problems.iter().count())
    };
    for emit in ["emit=all,include_file=mod.rs", "emit=lro,include_file=mod.rs"] {
        // Imported, but not asked for, which has a warning of its own.
        assert_eq!(said(&names[1..], &format!("{emit},allow=lro::module-tree")), Ok(()), "{emit}");
        let elsewhere = ["Foo", "WorkLro", "WorkClient"]
            .map(|name| format!(",extern_path=.t.a.{name}=::t::{name}"))
            .concat();
        assert_eq!(said(&names, &format!("{emit}{elsewhere}")), Ok(()), "{emit}");
    }
    assert_eq!(said(&names, "include_file=mod.rs"), Err(3));
}
