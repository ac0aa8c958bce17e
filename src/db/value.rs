//! Values on their way in and out, so that no feature knows the engine's own types.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

use super::DbError;
use crate::units::ids::Id;
use crate::units::{Colour, Day, Minutes, Name, Week};

/// What a parameter or a column can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number; also booleans (0, 1), days, weeks and minutes.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes: hashes and keys.
    Bytes(Vec<u8>),
}

/// Parameters in order: `params![person, week]` for `?1`, `?2`.
macro_rules! params {
    ($($value:expr),* $(,)?) => { [$($crate::db::Value::from($value)),*] };
}
pub(crate) use params;

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Value {
    /// As JSON, for the change table. Bytes never get there: no recorded column holds any.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null | Self::Bytes(_) => serde_json::Value::Null,
            Self::Int(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
        }
    }

    /// Back from JSON.
    pub(super) fn from_json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Bool(flag) => Self::Int(i64::from(*flag)),
            serde_json::Value::Number(number) => number.as_i64().map_or(Self::Null, Self::Int),
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Null | serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                Self::Null
            }
        }
    }

    /// The number in it, if it is one.
    #[must_use]
    pub const fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Null | Self::Text(_) | Self::Bytes(_) => None,
        }
    }

    /// The text in it, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Int(_) | Self::Bytes(_) => None,
        }
    }
}

macro_rules! from_whole {
    ($($kind:ty),+) => {$(impl From<$kind> for Value { fn from(number: $kind) -> Self { Self::Int(i64::from(number)) } })+};
}
from_whole!(i64, i32, u32, u16, u8, bool);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_owned())
    }
}

impl From<Name> for Value {
    fn from(name: Name) -> Self {
        Self::Text(name.into())
    }
}

impl From<&Name> for Value {
    fn from(name: &Name) -> Self {
        Self::Text(name.as_str().to_owned())
    }
}

impl From<Colour> for Value {
    fn from(colour: Colour) -> Self {
        Self::Text(colour.name().to_owned())
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Self {
        Self::Int(day.number().into())
    }
}

impl From<Week> for Value {
    fn from(week: Week) -> Self {
        Self::Int(week.0.into())
    }
}

impl From<Minutes> for Value {
    fn from(minutes: Minutes) -> Self {
        Self::Int(minutes.0.into())
    }
}

impl<T: Id> From<T> for Value {
    fn from(id: T) -> Self {
        Self::Int(id.raw())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// What is expected, for the message when something else stands there.
    const EXPECTED: &'static str;

    /// The value, or nothing where the column holds something else.
    fn read(value: ValueRef<'_>) -> Option<Self>;
}

/// Reads column `column` of a row.
pub(super) fn read<T: Column>(column: usize, value: ValueRef<'_>) -> Result<T, DbError> {
    T::read(value).ok_or_else(|| DbError::Unexpected {
        column,
        expected: T::EXPECTED,
        found: value.data_type().to_string(),
    })
}

impl Column for Value {
    const EXPECTED: &'static str = "a whole number, a text, bytes or nothing";

    fn read(value: ValueRef<'_>) -> Option<Self> {
        Some(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Int(number),
            ValueRef::Text(bytes) => Self::Text(std::str::from_utf8(bytes).ok()?.to_owned()),
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_owned()),
            ValueRef::Real(_) => return None,
        })
    }
}

impl Column for i64 {
    const EXPECTED: &'static str = "a whole number";

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_i64().ok()
    }
}

impl Column for bool {
    const EXPECTED: &'static str = "0 or 1";

    fn read(value: ValueRef<'_>) -> Option<Self> {
        i64::read(value).map(|number| number != 0)
    }
}

macro_rules! column_by_whole {
    ($($kind:ty: $expected:literal, $make:expr;)+) => {$(
        impl Column for $kind {
            const EXPECTED: &'static str = $expected;
            fn read(value: ValueRef<'_>) -> Option<Self> { i64::read(value)?.try_into().ok().map($make) }
        }
    )+};
}
column_by_whole! {
    i32: "a whole number", |number: i32| number;
    u32: "a whole number from 0", |number: u32| number;
    u16: "a whole number from 0 to 65535", |number: u16| number;
    Day: "a day", Day::from_number;
    Week: "a week", Week;
    Minutes: "minutes", Minutes;
}

impl Column for String {
    const EXPECTED: &'static str = "a text";

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_str().ok().map(str::to_owned)
    }
}

impl Column for Vec<u8> {
    const EXPECTED: &'static str = "bytes";

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_blob().ok().map(<[u8]>::to_vec)
    }
}

impl Column for Name {
    const EXPECTED: &'static str = "a name";

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_str().ok().and_then(|text| Self::parse(text).ok())
    }
}

impl Column for Colour {
    const EXPECTED: &'static str = "a colour";

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_str().ok()?.parse().ok()
    }
}

impl<T: Id> Column for T {
    const EXPECTED: &'static str = "an id";

    fn read(value: ValueRef<'_>) -> Option<Self> {
        i64::read(value).map(T::from_raw)
    }
}

impl<T: Column> Column for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read(value: ValueRef<'_>) -> Option<Self> {
        if matches!(value, ValueRef::Null) {
            Some(None)
        } else {
            T::read(value).map(Some)
        }
    }
}
