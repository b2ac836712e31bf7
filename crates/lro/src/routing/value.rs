//! What can stand in a routing header.

use std::borrow::Cow;

/// A field that a routing header repeats: text, a number, a truth value, or an `Option` of one for a field that may be absent.
pub trait RoutingValue: sealed::Sealed {
    /// The value as text, nothing if it is absent.
    fn text(&self) -> Option<Cow<'_, str>>;
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for str {}

impl RoutingValue for str {
    fn text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self))
    }
}

impl sealed::Sealed for String {}

impl RoutingValue for String {
    fn text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self))
    }
}

impl<T: RoutingValue + ?Sized> sealed::Sealed for &T {}

impl<T: RoutingValue + ?Sized> RoutingValue for &T {
    fn text(&self) -> Option<Cow<'_, str>> {
        (**self).text()
    }
}

impl<T: RoutingValue> sealed::Sealed for Option<T> {}

impl<T: RoutingValue> RoutingValue for Option<T> {
    fn text(&self) -> Option<Cow<'_, str>> {
        self.as_ref().and_then(RoutingValue::text)
    }
}

macro_rules! displayed {
    ($($type:ty),*) => {$(
        impl sealed::Sealed for $type {}

        impl RoutingValue for $type {
            fn text(&self) -> Option<Cow<'_, str>> {
                Some(Cow::Owned(self.to_string()))
            }
        }
    )*};
}

displayed!(bool, f32, f64, i32, i64, u32, u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_false_are_values_and_absence_is_none() {
        assert_eq!(0.text().as_deref(), Some("0"));
        assert_eq!(Some(&false).text().as_deref(), Some("false"));
        assert_eq!((-7_i64).text().as_deref(), Some("-7"));
        assert_eq!(None::<u32>.text(), None);
    }
}
