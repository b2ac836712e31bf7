//! From the list of promises to tests.

/// Makes the tests of the suite for a store: one for each promise, named after it, in a module for each area.
///
/// Takes a type that is a [`Harness`](crate::Harness). A module can have it once. The tests need nothing from
/// the crate that they are in, and make their own runtimes.
///
/// Where a store [cannot do](crate::Capabilities) what a test takes, the test passes and says on standard
/// error that it was skipped.
///
/// ```no_run
/// # use lro_store::{ManualClock, MemoryStore};
/// # use lro_store_conformance::{Capabilities, Harness, HarnessError};
/// # struct MemoryHarness(MemoryStore);
/// # impl Harness for MemoryHarness {
/// #     type Store = MemoryStore;
/// #     const CAPABILITIES: Capabilities = Capabilities::new();
/// #     async fn start(clock: ManualClock) -> Result<Self, HarnessError> {
/// #         Ok(Self(MemoryStore::with_clock(clock)))
/// #     }
/// #     async fn connect(&self) -> Result<MemoryStore, HarnessError> {
/// #         Ok(self.0.clone())
/// #     }
/// # }
/// lro_store_conformance::suite!(MemoryHarness);
/// ```
#[macro_export]
macro_rules! suite {
    ($harness:ty) => {
        type SuiteHarness = $harness;
        $crate::__promises!($crate::__tests);
    };
}

/// Makes tests of the list.
#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    ($($area:ident $takes:tt { $($promise:ident,)* })*) => {$(
        mod $area {$(
            #[test]
            fn $promise() {
                $crate::expand::$area::$promise::<super::SuiteHarness>();
            }
        )*}
    )*};
}

/// Makes a public function of each test, for the macro to call. A test that is not in the list is dead code, and
/// the compiler says so.
macro_rules! functions {
    ($($area:ident $takes:tt { $($promise:ident,)* })*) => {$(
        pub mod $area {$(
            pub fn $promise<H: $crate::Harness>() {
                functions!(@run H, $area $takes, $promise);
            }
        )*}
    )*};
    (@run $harness:ident, $area:ident (harness), $promise:ident) => {
        $crate::$area::$promise::<$harness>()
    };
    (@run $harness:ident, $area:ident (store), $promise:ident) => {
        $crate::run::run::<$harness>(stringify!($promise), None, $crate::run::Threads::One, async |fixture| {
            $crate::suite::$area::$promise(fixture.store(), &fixture.clock).await
        })
    };
    (@run $harness:ident, $area:ident (fixture), $promise:ident) => {
        functions!(@run $harness, $area, $promise, None, One)
    };
    (@run $harness:ident, $area:ident (fixture if $capable:ident), $promise:ident) => {
        functions!(@run $harness, $area, $promise, Some($crate::Capabilities::$capable), One)
    };
    (@run $harness:ident, $area:ident (race), $promise:ident) => {
        functions!(@run $harness, $area, $promise, None, Several)
    };
    (@run $harness:ident, $area:ident (race if $capable:ident), $promise:ident) => {
        functions!(@run $harness, $area, $promise, Some($crate::Capabilities::$capable), Several)
    };
    (@run $harness:ident, $area:ident, $promise:ident, $capable:expr, $threads:ident) => {
        $crate::run::run::<$harness>(stringify!($promise), $capable, $crate::run::Threads::$threads, async |fixture| {
            $crate::suite::$area::$promise(fixture).await
        })
    };
}

crate::__promises!(functions);
