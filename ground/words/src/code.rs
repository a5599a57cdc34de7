//! Closed lists of words that are stored as short stable codes.

/// An enum whose values are stored, sent and looked up as text codes.
pub trait Code: Copy + Eq + 'static {
    /// Every value, in display order.
    const ALL: &'static [Self];
    /// The stable code. Never shown: screens look up a sentence by it.
    fn code(self) -> &'static str;
    /// The value with this code.
    fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|v| v.code() == code)
    }
}

/// Declares an enum with its codes: `codes! { /// Doc. pub enum Colour { /// Doc. Red = "red", } }`.
#[macro_export]
macro_rules! codes {
    ($($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }
        impl $crate::code::Code for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str($crate::code::Code::code(*self))
            }
        }
        impl $crate::code::__serde::Serialize for $name {
            fn serialize<S: $crate::code::__serde::Serializer>(&self, s: S) -> ::std::result::Result<S::Ok, S::Error> {
                s.serialize_str($crate::code::Code::code(*self))
            }
        }
        impl<'de> $crate::code::__serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::code::__serde::Deserializer<'de>>(d: D) -> ::std::result::Result<Self, D::Error> {
                let code = <::std::string::String as $crate::code::__serde::Deserialize>::deserialize(d)?;
                <Self as $crate::code::Code>::parse(&code)
                    .ok_or_else(|| <D::Error as $crate::code::__serde::de::Error>::custom("unknown code"))
            }
        }
    )+};
}

#[doc(hidden)]
pub use serde as __serde;
