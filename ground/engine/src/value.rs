//! Values going into a statement, the same for both engines.

use uuid::Uuid;
use words::{Day, Id, Instant};

/// The type of a null: PostgreSQL wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Boolean.
    Bool,
    /// 64-bit integer.
    Int,
    /// Text.
    Text,
    /// UUID.
    Uuid,
}

/// One value. No `Display`: values can be personal data.
#[derive(Clone)]
pub enum Value {
    /// Absent.
    Null(Kind),
    /// Boolean.
    Bool(bool),
    /// 64-bit integer.
    Int(i64),
    /// Text.
    Text(String),
    /// UUID.
    Uuid(Uuid),
}

macro_rules! of_kind {
    ($($name:ident, $kind:ident, $t:ty;)*) => {
        impl Value {
            /// Its type.
            pub(crate) fn kind(&self) -> Kind {
                match self {
                    Self::Null(kind) => *kind,
                    $(Self::$kind(_) => Kind::$kind,)*
                }
            }
            $(
                /// The value, when it is of this type.
                pub(crate) fn $name(self) -> Option<$t> {
                    debug_assert!(self.kind() == Kind::$kind, "a column holds two types");
                    if let Self::$kind(v) = self { Some(v) } else { None }
                }
            )*
        }
    };
}
of_kind! {
    bool, Bool, bool;
    int, Int, i64;
    text, Text, String;
    uuid, Uuid, Uuid;
}

/// The values of one statement, in order.
pub type Args = Vec<Value>;

/// What can be bound.
pub trait IntoValue {
    /// The type, for nulls.
    const KIND: Kind;
    /// The value.
    fn into_value(self) -> Value;
}

macro_rules! into_value {
    ($($t:ty, $kind:ident, $v:ident => $e:expr;)*) => {$(
        impl IntoValue for $t {
            const KIND: Kind = Kind::$kind;
            fn into_value(self) -> Value { let $v = self; Value::$kind($e) }
        }
    )*};
}
into_value! {
    bool, Bool, v => v;
    i64, Int, v => v;
    i32, Int, v => i64::from(v);
    u32, Int, v => i64::from(v);
    String, Text, v => v;
    &String, Text, v => v.clone();
    &str, Text, v => v.to_owned();
    Uuid, Uuid, v => v;
    Instant, Text, v => v.iso();
    Day, Text, v => v.to_string();
    access::Categories, Int, v => v.bits();
}
impl<K> IntoValue for Id<K> {
    const KIND: Kind = Kind::Uuid;
    fn into_value(self) -> Value {
        Value::Uuid(self.uuid())
    }
}
impl<T: IntoValue> IntoValue for Option<T> {
    const KIND: Kind = T::KIND;
    fn into_value(self) -> Value {
        self.map_or(Value::Null(T::KIND), IntoValue::into_value)
    }
}
impl IntoValue for Value {
    const KIND: Kind = Kind::Text;
    fn into_value(self) -> Value {
        self
    }
}

/// The values of a statement: `args![municipality, id, "text"]`.
#[macro_export]
macro_rules! args {
    ($($v:expr),* $(,)?) => { vec![$($crate::IntoValue::into_value($v)),*] };
}
