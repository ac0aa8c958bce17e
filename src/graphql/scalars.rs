//! Days and hours, as the JSON interface writes them.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::units::{Day, Minutes};

/// A day, as `2026-11-18`.
#[derive(Clone, Copy)]
pub struct Date(pub Day);

#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Date).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Hours as a decimal number: `7.5`.
#[derive(Clone, Copy)]
pub struct Hours(pub Minutes);

#[Scalar]
impl ScalarType for Hours {
    fn parse(value: Value) -> InputValueResult<Self> {
        let json = value.clone().into_json().map_err(InputValueError::custom)?;
        serde_json::from_value(json)
            .map(Hours)
            .map_err(|_| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        let json = serde_json::to_value(self.0).unwrap_or_default();
        Value::from_json(json).unwrap_or_default()
    }
}
