use super::{quickly, source};

/// What prettyplease makes of some code.
fn expected(code: &str) -> String {
    prettyplease::unparse(&syn::parse_file(code).unwrap())
}

/// Lays out code that is known, with names of many lengths for `Name`, so that each line is once too long at each of its breaks.
fn check(code: &str) {
    for length in 1..110 {
        for name in [format!("N{}", "a".repeat(length - 1)), format!("N{}::B", "b::N".repeat(length / 4))] {
            let code = code.replace("Name", &name);
            let laid_out = quickly(&code).unwrap_or_else(|| panic!("not known: {code}"));
            assert_eq!(laid_out, expected(&code), "{code}");
        }
    }
}

/// Leaves code to prettyplease.
fn check_unknown(code: &str) {
    assert_eq!(quickly(code), None, "{code}");
    assert_eq!(source(code).unwrap(), expected(code));
}

#[test]
fn structs_and_attributes() {
    check(
        r#"
        // A comment that goes.
        /// Documented.  
        #[allow(clippy::all, dead_code)]
        #[derive(Clone, PartialEq, ::prost::Message)]
        #[doc = " Also \u{e9}."]
        #[prost(skip_debug)]
        #[path = "Name"]
        pub struct A {
            ///
            #[deprecated]
            #[prost(message, repeated, boxed, tag = "1", default = "a \"b\" Name")]
            pub r#type: ::prost::alloc::vec::Vec<super::Name>,
            #[serde(rename(serialize = "a", deserialize = "Name",), skip, with = ["a", b::c])]
            pub(crate) b: ::std::collections::HashMap<::prost::alloc::string::String, Name>,
            c: (),
            d: &'static str,
            e: Name<(Name, i32), (), &'a mut Name, dyn Send + 'static>
        }
        pub struct B {}
        struct C;
        #[a(b(c, Name,) d, [e, Name,], {f Name "g" = h}, (), i = "Name", j::k)]
        struct D<'a, T: Name> where T: Name, 'a: 'a { a: T }
        enum E<T> where T: Name { A(T), }
        "#
        .replace("#[doc = \" Also \\u{e9}.\"]\n", "")
        .as_str(),
    );
}

#[test]
fn enums_as_prost_writes_them() {
    check(
        r#"
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::prost::Enumeration)]
        #[repr(i32)]
        pub enum Kind {
            /// Documented.
            A = 0,
            #[deprecated]
            B = -1,
        }
        impl Kind {
            pub fn as_str_name(&self) -> &'static str {
                match self {
                    #[allow(deprecated)]
                    Self::Name => "NAME",
                    Self::B => "Name",
                }
            }
            pub fn from_str_name(value: &str) -> ::core::option::Option<Self> {
                match value {
                    "NAME" => Some(Self::Name),
                    "B" => Some(#[allow(deprecated)] Self::Name),
                    _ => None,
                }
            }
        }
        pub enum Oneof {
            #[prost(message, tag = "1")]
            A(::prost::alloc::boxed::Box<super::Name>),
            C(A, Name,) = 1,
            B(()),
        }
        pub mod kind {
            pub mod inner { }
        }
        "#,
    );
}

#[test]
fn items_of_a_module() {
    check(
        r#"
        #[allow(unused)]
        pub(crate) mod a {
            use ::lro::codegen::*;
            use ::lro::codegen::client::{self as _, *};
            use a::b as Name;
            const _: () = ::lro::codegen::V1;
            pub const A: Method<super::Name, (), ::lro::Name> = Method::new("/a.Name/B", "Name", "", "c")
                .with_request_id(|request: &super::Name| &request.request_id, |request, id| request.request_id = id)
                .with_routing(|request| Routing::new().field("name", &request.name).field("Name", &request.b))
                .with_validate_only(|request: &Name| request.validate_only);
            pub trait Service: Send + Sync + 'static {
                type Stream: Stream<Item = Result<Name, Status>> + Send + 'static;
                fn start(&self, request: &Request<Name>) -> impl Future<Output = Result<Start<Name>, Status>> + Send {
                    let _ = request;
                    ready(Ok(Start::new()))
                }
                fn work(&self, request: Name, operation: Context<Name>) -> impl Future<Output = Result<(), Status>> + Send;
            }
            impl<S: Service + Name, T: Copy> super::Name::Trait for Server<S, T> {
                type Stream = <S as Service>::Stream;
                fn rpc<'a, 'f>(&'a self, request: Request<Name>) -> BoxFuture<'f, Result<Response<Name>, Status>>
                where
                    'a: 'f,
                    Self: 'f,
                    Name<T>: Into<Name>,
                {
                    Box::pin(<S as Service>::rpc(&self.service, request))
                }
            }
        }
        "#
        .replace("use a::b as Name;", "use a::b as c;")
        .as_str(),
    );
}

#[test]
fn bodies() {
    check(
        r#"
        impl A {
            pub async fn connect<D>(mut self, destination: D) -> Result<Self, Name>
            where
                D: TryInto<Name>,
            {
                Ok(Self { inner: Name::connect(destination).await?, other })
            }
            fn fill(&mut self, request: impl IntoRequest<Name>) -> Name {
                let mut request = request.into_request();
                if request.get_ref().name.is_empty() {
                    request.get_mut().name = random_id("Name");
                }
                if Name::is(request) {
                    request.get_mut().name.get_or_insert_with(random_id);
                }
                self.inner.call(Name::NEW, &*request, routed(request, |request: &Name| Name::new())).await
            }
            fn calls(self) {
                a.b(c).name(Name).d;
                abcde.b(c).name("Name").d()?;
                super::a::b(Name)?.c(|a| { a.b(Name) }).0.await?;
                register::<Name, u8>(engine, CONSTANT, service, <S as Name>::method);
                a(()).b(Name { a: 1, b: Name { c } }).c(|| a);
                a(Name { a, b })(|a, b| a.b()(Name));
                a(|a, b| a.b(Name),);
                a(|a, b| a.b(Name), Name);
                a(move |_| Name { a });
                ab.c(Name);
                ab.c(Name)?;
                ab.c(Name)?.d(Name, a)?;
                ab.c(Name)(Name);
                ab?.c(Name);
                ab.c.d(Name);
                abc.d;
                abcd(Name).e(Name);
                abcd(|a| ab.c(Name));
                let bytes = b"Name\n\"\x00";
                a.name(bytes, b"\
                    N \
                    Name", "\
                ");
            }
        }
        "#,
    );
}

#[test]
fn what_is_not_known_is_left_to_prettyplease() {
    for code in [
        "fn a() { a + b }",
        "impl A { fn a() { a + b } }",
        "impl A { fn a() { println!(\"a\") } }",
        "impl A { fn a() { if a { b() } else { c() } } }",
        "const A: f64 = 1.5;",
        "const A: [u8; 1] = [1];",
        "const A: char = 'a';",
        "const A: &[u8] = b\"a\";",
        "const A: A = br\"a\";",
        "const A: A = b'a';",
        "const A: &str = \"a\nb\";",
        "struct A(u8);",
        "struct A<T>(T);",
        "struct A { a: fn(u8) -> u8 }",
        "struct A { a: (u8,) }",
        "struct A { a: Vec<u8, 'a> }",
        "#![allow(unused)]",
        "#[doc = \"a \\\" b\"] struct A {}",
        "#[doc = \"/ b\"] struct A {}",
        "#[a(b == c)] struct A {}",
        "/** A. */ struct A {}",
        "use a::{b};",
        "use a::{b::{c, d}, e};",
        "trait A where Self: B + C {}",
        "impl A { const fn a() {} }",
        "impl A { fn a() { A {} } }",
        "impl A { fn a() { if a {} } }",
        "type A = B;",
    ] {
        check_unknown(code);
    }
}

#[test]
fn what_is_no_code_is_an_error() {
    for code in [
        "struct",
        "struct A { a b }",
        "struct A {",
        "struct A }",
        "#[a struct A {}",
        "pub b struct A {}",
        "#[a b] struct A {}",
        "#[a(b) c] struct A {}",
        "mod a<T> {}",
        "trait A: B; ",
        "\"",
        "const A: A = b\"é\";",
        "é",
    ] {
        assert_eq!(quickly(code), None, "{code}");
        assert!(source(code).is_err(), "{code}");
    }
}

/// What the generator writes now is in the snapshots; one construct in each service that is not known here makes everything slow.
#[test]
fn what_the_generator_writes_is_known() {
    /// What few services have.
    const RARE: [&str; 4] = ["match &", "matches!(", ".with_multiplier(", "..Default::default()"];
    let mut known = 0;
    for snapshot in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots")).unwrap() {
        let text = std::fs::read_to_string(snapshot.unwrap().path()).unwrap();
        for file in text.split("\n===== ").skip(1) {
            let (name, code) = file.split_once('\n').unwrap();
            let is_rare = RARE.iter().any(|rare| code.contains(rare));
            if name.ends_with(".lro.rs") && code.contains("pub mod") && !is_rare {
                assert!(quickly(code).is_some(), "{name}:\n{code}");
                known += 1;
            }
        }
    }
    assert!(known > 10, "{known}");
}
