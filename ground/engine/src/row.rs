//! Values coming out of a statement, the same for both engines.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres};
use uuid::Uuid;
use words::code::Code;
use words::{Day, Id, Instant};

use crate::Broken;
use crate::lite::{Held, LiteRow, OfHeld};

/// One row of an answer.
pub enum Row {
    /// From SQLite.
    Sqlite(LiteRow),
    /// From PostgreSQL.
    Pg(PgRow),
}

/// What a column can be read as.
pub trait Cell: Sized {
    /// The stored type.
    type Raw: OfHeld + for<'r> Decode<'r, Postgres>;
    /// Reads the stored value; `None` when it is null or cannot be one of these.
    fn from_raw(raw: Option<Self::Raw>) -> Option<Self>;
}

macro_rules! cell {
    ($($t:ty, $raw:ty, $v:ident => $e:expr;)*) => {$(
        impl Cell for $t {
            type Raw = $raw;
            fn from_raw(raw: Option<$raw>) -> Option<Self> { raw.and_then(|$v| $e) }
        }
    )*};
}
cell! {
    bool, bool, v => Some(v);
    i64, i64, v => Some(v);
    String, String, v => Some(v);
    Uuid, Uuid, v => Some(v);
    Instant, String, v => Instant::parse_iso(&v);
    Day, String, v => Day::parse_iso(&v);
    access::Categories, i64, v => Some(access::Categories::from_bits(v));
}
impl<K> Cell for Id<K> {
    type Raw = Uuid;
    fn from_raw(raw: Option<Uuid>) -> Option<Self> {
        raw.map(Self::new)
    }
}
impl<T: Cell> Cell for Option<T> {
    type Raw = T::Raw;
    fn from_raw(raw: Option<Self::Raw>) -> Option<Self> {
        match raw {
            None => Some(None),
            some => T::from_raw(some).map(Some),
        }
    }
}

fn corrupt(column: &str) -> Broken {
    Broken::Corrupt("row", column.to_owned())
}

impl Row {
    /// The value in `column`. A value that cannot be what it claims is [`Broken::Corrupt`].
    pub fn get<T: Cell>(&self, column: &'static str) -> Result<T, Broken> {
        let raw: Option<T::Raw> = match self {
            Self::Sqlite(row) => match row.held(column) {
                Some(Held::Null) => None,
                Some(held) => Some(T::Raw::of_held(held).ok_or_else(|| corrupt(column))?),
                None => return Err(corrupt(column)),
            },
            Self::Pg(row) => row.try_get_unchecked(column)?,
        };
        T::from_raw(raw).ok_or_else(|| corrupt(column))
    }

    /// The value of a closed list in `column`.
    pub fn code<T: Code>(&self, column: &'static str) -> Result<T, Broken> {
        let text: String = self.get(column)?;
        T::parse(&text).ok_or_else(|| Broken::Corrupt("code", column.to_owned()))
    }

    /// The value of a closed list in a column that may be null or empty.
    pub fn code_opt<T: Code>(&self, column: &'static str) -> Result<Option<T>, Broken> {
        match self.get::<Option<String>>(column)? {
            None => Ok(None),
            Some(text) if text.is_empty() => Ok(None),
            Some(text) => T::parse(&text).map(Some).ok_or_else(|| Broken::Corrupt("code", column.to_owned())),
        }
    }
}
