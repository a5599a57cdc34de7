//! Conditions: a small closed language over earlier answers.

use words::codes;

use crate::{Answers, Number, Value};

codes! {
    /// How numbers are compared.
    pub enum Compare {
        /// Equal.
        Equal = "=",
        /// Not equal.
        NotEqual = "!=",
        /// Less.
        Less = "<",
        /// Less or equal.
        AtMost = "<=",
        /// Greater.
        More = ">",
        /// Greater or equal.
        AtLeast = ">=",
    }
}

impl Compare {
    fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// A condition on earlier answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The item has an answer.
    Answered(String),
    /// The choice is this code, or the codes chosen include it.
    Equals(String, String),
    /// The choice is one of these codes, or the codes chosen include one.
    AnyOf(String, Vec<String>),
    /// The number compares so. Without an answer nothing holds, not even "not equal".
    Number(String, Compare, Number),
    /// It does not hold.
    Not(Box<Condition>),
    /// All hold.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
}

impl Condition {
    /// Whether it holds for these answers. Answers of hidden items are not in them.
    pub fn holds(&self, answers: &Answers) -> bool {
        match self {
            Self::Answered(item) => answers.get(item).is_some(),
            Self::Equals(item, code) => has_code(answers.get(item), code),
            Self::AnyOf(item, codes) => codes.iter().any(|c| has_code(answers.get(item), c)),
            Self::Number(item, how, with) => match answers.get(item) {
                Some(Value::Number(n)) => how.holds(n.cmp(with)),
                _ => false,
            },
            Self::Not(c) => !c.holds(answers),
            Self::All(list) => list.iter().all(|c| c.holds(answers)),
            Self::Any(list) => list.iter().any(|c| c.holds(answers)),
        }
    }

    /// The items it refers to.
    pub fn items(&self) -> Vec<&str> {
        let mut items = Vec::new();
        self.each(&mut |c| {
            if let Self::Answered(i) | Self::Equals(i, _) | Self::AnyOf(i, _) | Self::Number(i, _, _) = c {
                items.push(i.as_str());
            }
        });
        items
    }

    /// Visits it and every condition in it.
    pub(crate) fn each<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        match self {
            Self::Not(c) => c.each(see),
            Self::All(list) | Self::Any(list) => list.iter().for_each(|c| c.each(see)),
            _ => {}
        }
    }

    /// Levels of nesting, 1 for a plain one.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::Not(c) => 1 + c.depth(),
            Self::All(list) | Self::Any(list) => 1 + list.iter().map(Self::depth).max().unwrap_or(0),
            _ => 1,
        }
    }

    /// Number of plain conditions and connectives.
    pub(crate) fn size(&self) -> usize {
        let mut size = 0;
        self.each(&mut |_| size += 1);
        size
    }
}

fn has_code(value: Option<&Value>, code: &str) -> bool {
    match value {
        Some(Value::Choice(c)) => c == code,
        Some(Value::Many(codes)) => codes.iter().any(|c| c == code),
        _ => false,
    }
}
