//! Statements with optional parts, composed of fixed pieces only: there is no way to put a value into the text.

use crate::value::{Args, IntoValue, Value};

/// A statement under construction. Pieces use `?` for each value, in order.
///
/// SQLite takes the text as it stands: a place with a name (`$1`) would be looked for among all names at every
/// binding, and with hundreds of places that takes longer than the rows. PostgreSQL knows only numbered places.
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
        debug_assert_eq!(piece.matches('?').count(), args.len(), "places and values differ: {piece}");
        self.text.push_str(piece);
        self.args.extend(args);
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
        self.row(" (", values);
        self
    }

    /// Appends values between brackets, after `open`.
    pub(crate) fn row(&mut self, open: &'static str, values: Args) {
        self.text.push_str(open);
        for i in 0..values.len() {
            self.text.push_str(if i == 0 { "?" } else { ",?" });
        }
        self.text.push(')');
        self.args.extend(values);
    }

    /// The text with numbered places.
    pub(crate) fn numbered(&self) -> String {
        let mut text = String::with_capacity(self.text.len() + 3 * self.args.len());
        for (i, piece) in self.text.split('?').enumerate() {
            if i > 0 {
                text.push('$');
                text.push_str(&i.to_string());
            }
            text.push_str(piece);
        }
        text
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
        assert_eq!(s.text, "SELECT 1 WHERE a = ? AND b IN (?,?,?,?) AND c = ? LIMIT ?");
        assert_eq!(s.numbered(), "SELECT 1 WHERE a = $1 AND b IN ($2,$3,$4,$5) AND c = $6 LIMIT $7");
        assert_eq!(s.args.len(), 7);
    }

    #[test]
    fn the_empty_list_matches_nothing() {
        let s = Statement::new("SELECT 1 WHERE TRUE", args![]).push_in(" AND b IN", Vec::<i64>::new());
        assert_eq!(s.text, "SELECT 1 WHERE TRUE AND b IN (?)");
        assert!(matches!(s.args[0], Value::Null(crate::Kind::Int)));
    }
}
