//! Statements with optional parts, composed of fixed pieces only: there is no way to put a value into the text.

use crate::value::{Args, IntoValue, Value};

/// A statement under construction. Pieces use `?` for each value, in order.
pub struct Statement {
    pub(crate) text: String,
    pub(crate) args: Args,
}

impl Statement {
    /// Begins with a piece.
    pub fn new(piece: &'static str, args: Args) -> Self {
        Self { text: String::new(), args: Vec::new() }.push(piece, args)
    }

    /// Appends a piece.
    #[must_use]
    pub fn push(mut self, piece: &'static str, args: Args) -> Self {
        let mut values = args.into_iter();
        for part in piece.split_inclusive('?') {
            if let Some(before) = part.strip_suffix('?') {
                self.text.push_str(before);
                if let Some(value) = values.next() {
                    self.bind(value);
                } else {
                    debug_assert!(false, "a piece has more places than values");
                }
            } else {
                self.text.push_str(part);
            }
        }
        debug_assert!(values.next().is_none(), "a piece has fewer places than values");
        self
    }

    /// Appends ` (…)` with the values, for `IN`. The empty set matches nothing. The number of places grows in
    /// powers of two (the last value repeated), so that few distinct statements are prepared.
    #[must_use]
    pub fn push_in<T: IntoValue>(mut self, piece: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        self.text.push_str(piece);
        let mut values: Vec<Value> = values.into_iter().map(IntoValue::into_value).collect();
        if let Some(last) = values.last().cloned() {
            values.resize(values.len().next_power_of_two(), last);
        } else {
            values.push(Value::Null(T::KIND));
        }
        self.text.push_str(" (");
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            self.bind(value);
        }
        self.text.push(')');
        self
    }

    fn bind(&mut self, value: Value) {
        self.args.push(value);
        self.text.push('$');
        self.text.push_str(&self.args.len().to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    #[test]
    fn places_are_numbered_through_and_lists_padded() {
        let s = Statement::new("SELECT 1 WHERE a = ?", args![1_i64])
            .push_in(" AND b IN", [1_i64, 2, 3])
            .push(" AND c = ? LIMIT ?", args!["x", 5_i64]);
        assert_eq!(s.text, "SELECT 1 WHERE a = $1 AND b IN ($2,$3,$4,$5) AND c = $6 LIMIT $7");
        assert_eq!(s.args.len(), 7);
    }

    #[test]
    fn the_empty_list_matches_nothing() {
        let s = Statement::new("SELECT 1 WHERE TRUE", args![]).push_in(" AND b IN", Vec::<i64>::new());
        assert_eq!(s.text, "SELECT 1 WHERE TRUE AND b IN ($1)");
        assert!(matches!(s.args[0], Value::Null(crate::Kind::Int)));
    }
}
