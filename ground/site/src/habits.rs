//! How one person likes to work: saved filters, chosen columns, keyboard shortcuts. Kept with the person, so that they
//! follow them to every PC; they never hold a word about anybody.

use std::collections::BTreeMap;

/// A list whose filters and columns can be kept: its path, and the columns that can be left out.
#[derive(Debug)]
pub struct List {
    /// The path of the list.
    pub path: &'static str,
    /// Columns besides the first, as the last part of their word's key.
    pub columns: &'static [&'static str],
    /// Section of the words of the columns.
    pub section: &'static str,
    /// Whether it can be taken out as a file.
    pub file: bool,
}

/// Every list with habits, in one place: what is kept is checked against it.
pub const LISTS: &[List] = &[
    List {
        path: crate::link::CONSULTATIONS,
        columns: &["col_when", "topics_short", "col_state", "received_by", "col_assignee"],
        section: "intake",
        file: true,
    },
    List {
        path: crate::link::CASES,
        columns: &["accountable", "next", "state"],
        section: "casefile",
        file: true,
    },
    List {
        path: crate::link::REFERRALS,
        columns: &["what", "from", "to", "sent", "state"],
        section: "referral",
        file: false,
    },
    List {
        path: crate::link::INQUIRIES,
        columns: &["purpose", "from", "to", "sent", "days", "state"],
        section: "inquiry",
        file: false,
    },
    List {
        path: crate::link::TRIAGES,
        columns: &["about", "state", "time_left"],
        section: "triage",
        file: false,
    },
    List {
        path: crate::link::SHEETS,
        columns: &["col_when", "col_topics", "col_state", "col_other"],
        section: "sheet",
        file: false,
    },
    // No table but a list of what to do: filters, and no columns.
    List { path: crate::link::FEEDBACK, columns: &[], section: "feedback", file: false },
];

/// The list at a path.
pub fn list(path: &str) -> Option<&'static List> {
    LISTS.iter().find(|list| list.path == path)
}

/// A filter somebody gave a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilter {
    /// The list's path.
    pub list: String,
    /// The name it was given.
    pub name: String,
    /// The query, as it stands in an address.
    pub query: String,
}

impl SavedFilter {
    /// Where it leads.
    pub fn href(&self) -> String {
        if self.query.is_empty() { self.list.clone() } else { format!("{}?{}", self.list, self.query) }
    }
}

/// What a person has chosen.
#[derive(Debug, Clone, Default)]
pub struct Habits {
    /// Whether single keys are switched off (WCAG 2.1.4: they must be possible to switch off).
    pub keys_off: bool,
    /// Saved filters, by list and name.
    pub filters: Vec<SavedFilter>,
    /// Columns left out, by list.
    pub hidden: BTreeMap<String, Vec<String>>,
}

impl Habits {
    /// The saved filters of a list.
    pub fn filters_of(&self, list: &str) -> Vec<&SavedFilter> {
        self.filters.iter().filter(|f| f.list == list).collect()
    }

    /// Whether a column of a list is shown. Every column is, until somebody leaves it out.
    pub fn shows(&self, list: &str, column: &str) -> bool {
        !self.hidden.get(list).is_some_and(|hidden| hidden.iter().any(|c| c == column))
    }

    /// Whether a list can be taken out as a file.
    pub fn has_file(&self, path: &str) -> bool {
        list(path).is_some_and(|list| list.file)
    }

    /// The columns of a list with the keys of their words, and whether each is shown.
    pub fn columns(&self, path: &str) -> Vec<(&'static str, String, bool)> {
        let Some(list) = list(path) else { return Vec::new() };
        let of =
            |column: &'static str| (column, format!("{}.{column}", list.section), self.shows(path, column));
        list.columns.iter().copied().map(of).collect()
    }
}

/// The part of a query that may be kept as a filter: without the place in the list and the sentence of something done.
/// `None` when it holds words: a saved filter stands in addresses, where names do not belong.
pub fn keepable(query: &str) -> Option<String> {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if ["before", "after", "done", "undo", "csrf", "page", "ended", "written"].contains(&name.as_ref())
            || value.is_empty()
        {
            continue;
        }
        let code = |text: &str| {
            text.len() <= 60
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        };
        if !code(&name) || !code(&value) {
            return None;
        }
        kept.append_pair(&name, &value);
    }
    Some(kept.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_filter_holds_codes_only() {
        assert_eq!(keepable("state=open&mine=1&before=17_0190&done=x"), Some("state=open&mine=1".to_owned()));
        assert_eq!(keepable(""), Some(String::new()));
        assert_eq!(keepable("q=%E4%BD%90%E8%97%A4"), None);
        assert_eq!(keepable("state=a%20b"), None);
    }

    #[test]
    fn every_column_is_shown_until_left_out() {
        let mut habits = Habits::default();
        assert!(habits.shows("/cases", "next"));
        habits.hidden.insert("/cases".to_owned(), vec!["next".to_owned()]);
        assert!(!habits.shows("/cases", "next") && habits.shows("/consultations", "next"));
        let shown: Vec<_> = habits.columns("/cases").into_iter().map(|(c, _, on)| (c, on)).collect();
        assert_eq!(shown, [("accountable", true), ("next", false), ("state", true)]);
    }
}
