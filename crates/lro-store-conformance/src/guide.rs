#![doc = include_str!("guide.md")]
#![doc = concat!("```ignore\n", include_str!("../tests/small/data.rs"), "```\n")]
//! Then its calls, each of which is one step:
#![doc = concat!("```ignore\n", include_str!("../tests/small/store.rs"), "```\n")]
//! And the file with its tests:
#![doc = concat!("```ignore\n", include_str!("../tests/small/main.rs"), "```\n")]
