//! Statements with optional parts, composed of fixed pieces only: there is no way to put a value into the text.

use std::ops::Range;

use words::id::{CaseId, MunicipalityId};

use crate::value::{Args, IntoValue, Kind, Value};

/// A statement under construction. Pieces use `?` for each value, in order.
///
/// SQLite takes the text as it stands: a place with a name (`$1`) would be looked for among all names at every
/// binding, and with hundreds of places that takes longer than the rows. PostgreSQL knows only numbered places, and takes
/// a longer list as one value: the text stays the same whatever its length, so that it is prepared and planned once.
pub struct Statement {
    pub(crate) text: String,
    pub(crate) args: Args,
    lists: Vec<List>,
}

/// So many values still stand in places of their own on PostgreSQL. It takes a list for ten values when it plans ahead; a shorter one
/// would look cheaper planned for itself, and be planned anew each time, which takes longer than its rows.
const FEW: usize = 8;

/// A list of values in a statement.
struct List {
    /// Where its places stand in the text, with the brackets.
    places: Range<usize>,
    /// How many there are.
    most: usize,
}

/// What PostgreSQL is given for one place.
#[derive(Clone)]
pub(crate) enum Bound {
    /// A value.
    One(Value),
    /// A list of one type.
    Many(Kind, Args),
}

impl Statement {
    /// Begins with a piece.
    pub fn new(piece: &'static str, args: Args) -> Self {
        Self { text: String::new(), args: Vec::new(), lists: Vec::new() }.push(piece, args)
    }

    /// Appends a piece.
    #[must_use]
    pub fn push(mut self, piece: &'static str, args: Args) -> Self {
        debug_assert_eq!(piece.matches('?').count(), args.len(), "places and values differ: {piece}");
        self.text.push_str(piece);
        self.args.extend(args);
        self
    }

    /// Appends ` (…)` with the values, after `IN` or `NOT IN`. The empty set matches nothing. The number of places grows in
    /// powers of two (the last value repeated), so that SQLite prepares few distinct statements.
    #[must_use]
    pub fn push_in<T: IntoValue>(mut self, piece: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        self.text.push_str(piece);
        debug_assert!(self.text.ends_with(" IN"), "no list stands here: {}", self.text);
        let from = self.text.len();
        let mut values: Vec<Value> = values.into_iter().map(IntoValue::into_value).collect();
        if let Some(last) = values.last().cloned() {
            values.resize(values.len().next_power_of_two(), last);
        } else {
            values.push(Value::Null(T::KIND));
        }
        let most = values.len();
        self.row(" (", values);
        self.lists.push(List { places: from..self.text.len(), most });
        self
    }

    /// Leaves out the households of these cases of the municipality: those the viewer is kept out of (disclosure rule 14).
    /// `household` is the column to go by; a row that is about no household yet stays.
    #[must_use]
    pub fn outside(self, household: &'static str, municipality: MunicipalityId, of: &[CaseId]) -> Self {
        if of.is_empty() {
            return self;
        }
        self.push(" AND (", vec![])
            .push(household, vec![])
            .push(" IS NULL OR ", vec![])
            .push(household, vec![])
            .push(
                " NOT IN (SELECT x.household_id FROM case_file x WHERE x.municipality_id = ?",
                vec![municipality.into_value()],
            )
            .push_in(" AND x.id IN", of.iter().copied())
            .push("))", vec![])
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

    /// As PostgreSQL takes it: places with numbers, each longer list one value.
    pub(crate) fn for_postgres(self) -> (String, Vec<Bound>) {
        let Self { text, args, lists } = self;
        let mut answer = Numbered { text: String::with_capacity(text.len() + 8), bound: Vec::new() };
        let (mut at, mut args) = (0, args.into_iter());
        for List { places, most } in lists.into_iter().filter(|list| list.most > FEW) {
            answer.piece(&text[at..places.start], &mut args);
            answer.list(args.by_ref().take(most).collect());
            at = places.end;
        }
        answer.piece(&text[at..], &mut args);
        (answer.text, answer.bound)
    }
}

/// A statement for PostgreSQL under construction.
struct Numbered {
    text: String,
    bound: Vec<Bound>,
}

impl Numbered {
    /// A piece, with a value for each of its places.
    fn piece(&mut self, piece: &str, args: &mut impl Iterator<Item = Value>) {
        let mut parts = piece.split('?');
        self.text.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(args) {
            self.place(Bound::One(value));
            self.text.push_str(part);
        }
    }

    /// A list, behind `IN` or `NOT IN`.
    fn list(&mut self, values: Args) {
        let Some(kind) = values.first().map(Value::kind) else { return };
        let compared = self.text.strip_suffix(" IN").unwrap_or(&self.text);
        let (column, operator) = match compared.strip_suffix(" NOT") {
            Some(column) => (column, " <> ALL("),
            None => (compared, " = ANY("),
        };
        self.text.truncate(column.len());
        self.text.push_str(operator);
        self.place(Bound::Many(kind, values));
        self.text.push(')');
    }

    fn place(&mut self, bound: Bound) {
        self.bound.push(bound);
        self.text.push('$');
        self.text.push_str(&self.bound.len().to_string());
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
        assert_eq!(s.args.len(), 7);
    }

    #[test]
    fn a_long_list_is_one_value_to_postgres() {
        let s = Statement::new("SELECT 1 WHERE a = ?", args![1_i64])
            .push_in(" AND b IN", ["x"; 9])
            .push(" AND c = ?", args!["v"])
            .push_in(" AND d NOT IN", 1..=17_i64)
            .push_in(" AND e IN", [1_i64, 2])
            .push(" LIMIT ?", args![5_i64]);
        let (text, bound) = s.for_postgres();
        assert_eq!(
            text,
            "SELECT 1 WHERE a = $1 AND b = ANY($2) AND c = $3 AND d <> ALL($4) AND e IN ($5,$6) LIMIT $7"
        );
        let sizes: Vec<usize> =
            bound.iter().map(|b| if let Bound::Many(_, values) = b { values.len() } else { 1 }).collect();
        assert_eq!(sizes, [1, 16, 1, 32, 1, 1, 1]);
    }

    #[test]
    fn the_empty_list_matches_nothing() {
        let s = Statement::new("SELECT 1 WHERE TRUE", args![]).push_in(" AND b IN", Vec::<i64>::new());
        assert_eq!(s.text, "SELECT 1 WHERE TRUE AND b IN (?)");
        assert!(matches!(s.args[0], Value::Null(crate::Kind::Int)));
    }
}
