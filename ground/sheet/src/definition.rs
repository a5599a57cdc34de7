//! What a sheet is made of.

use access::Categories;
use words::codes;

use crate::Condition;

codes! {
    /// What a sheet is about: decides where it can be opened and whom its answers can name.
    pub enum About {
        /// 相談: the consultation form.
        Consultation = "consultation",
        /// つなぐシート.
        Connecting = "connecting",
        /// A support case and its household.
        Case = "case",
        /// 地域課題: never personal data (disclosure rule 11).
        Community = "community",
    }

    /// Whose fact an answer is by default (disclosure rule 3).
    pub enum Whose {
        /// The person the sheet is about.
        Person = "person",
        /// The whole household.
        Household = "household",
        /// Nobody's: a fact about the work, not about a person.
        Nobody = "nobody",
    }
}

/// A text shown to people: Japanese, and English where somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Label {
    /// Japanese.
    pub ja: String,
    /// English; empty when nobody wrote it. Screens then fall back to Japanese.
    pub en: String,
}

impl Label {
    /// A Japanese label.
    pub fn ja(text: impl Into<String>) -> Self {
        Self { ja: text.into(), en: String::new() }
    }

    /// Whether neither language has a text.
    pub fn is_empty(&self) -> bool {
        self.ja.is_empty() && self.en.is_empty()
    }

    /// The text in a language (`ja` or `en`), Japanese where there is no English.
    pub fn show(&self, language: &str) -> &str {
        if language == "en" && !self.en.is_empty() { &self.en } else { &self.ja }
    }
}

/// Whether an item must be answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Need {
    /// It may stay empty.
    #[default]
    Never,
    /// It must be answered whenever it is shown.
    Always,
    /// It must be answered when the condition holds.
    When(Condition),
}

/// What kind of answer an item takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Text {
        /// Most characters, counted as people count.
        max: usize,
    },
    /// Several lines.
    LongText {
        /// Most characters.
        max: usize,
    },
    /// A number.
    Number {
        /// Smallest, in units of the last decimal.
        min: crate::Number,
        /// Largest.
        max: crate::Number,
        /// Digits behind the point, at most three.
        decimals: u8,
        /// 円, 回, 人: shown behind the field.
        unit: Label,
    },
    /// A day, western or wareki as typed.
    Date {
        /// Whether the day, or day and month, may be unknown.
        partial: bool,
    },
    /// One code of a table.
    Choice {
        /// Key of the code table.
        table: String,
    },
    /// Any number of codes of a table.
    Many {
        /// Key of the code table.
        table: String,
    },
    /// Rows of simple answers.
    Table {
        /// The columns.
        columns: Vec<Column>,
        /// Most rows.
        rows: usize,
    },
    /// A member of the household.
    Person,
    /// A 支援関係機関 of the register.
    Agency,
    /// A 地区・圏域 of the register.
    Area,
    /// A paper that exists elsewhere: its name and size only. Files themselves are not stored yet.
    File,
}

impl Kind {
    /// The word a definition uses for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::LongText { .. } => "long_text",
            Self::Number { .. } => "number",
            Self::Date { .. } => "date",
            Self::Choice { .. } => "choice",
            Self::Many { .. } => "many",
            Self::Table { .. } => "table",
            Self::Person => "person",
            Self::Agency => "agency",
            Self::Area => "area",
            Self::File => "file",
        }
    }

    /// Every word, in the order of the editor's list.
    pub const WORDS: [&'static str; 11] = [
        "text",
        "long_text",
        "number",
        "date",
        "choice",
        "many",
        "table",
        "person",
        "agency",
        "area",
        "file",
    ];

    /// Whether a column of a table can have it.
    pub const fn is_simple(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Number { .. } | Self::Date { .. } | Self::Choice { .. })
    }

    /// The code table it takes codes from.
    pub fn table(&self) -> Option<&str> {
        match self {
            Self::Choice { table } | Self::Many { table } => Some(table),
            _ => None,
        }
    }
}

/// A column of a table item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Key, unique in its table.
    pub key: String,
    /// Head of the column.
    pub label: Label,
    /// One of the simple kinds.
    pub kind: Kind,
    /// Whether every row that has anything must have it.
    pub required: bool,
}

/// One question of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Key, unique in the sheet; stays the same over versions.
    pub key: String,
    /// The question.
    pub label: Label,
    /// What helps to answer it.
    pub help: Label,
    /// What kind of answer.
    pub kind: Kind,
    /// Whether it must be answered.
    pub required: Need,
    /// When it is asked at all; `None`: always.
    pub shown: Option<Condition>,
    /// Whose fact it is by default.
    pub whose: Whose,
    /// What it is about by default; none means all, as everywhere.
    pub categories: Categories,
    /// 太枠: reported to the state.
    pub reported: bool,
    /// The typed column it fills, for items the work depends on. A town may relabel and reorder these, but not
    /// remove or loosen them.
    pub core: Option<String>,
}

impl Item {
    /// The categories its answer carries when nobody says otherwise: untagged is everything (disclosure rule 3).
    pub fn marks(&self) -> Categories {
        if self.categories.is_empty() { Categories::all() } else { self.categories }
    }

    /// The name of its form field. Keys have no hyphen, so no two items share one.
    pub fn field(&self) -> String {
        field(&self.key)
    }
}

/// The form field of an item.
pub fn field(item: &str) -> String {
    format!("a-{item}")
}

/// The form field of a cell; rows count from 0.
pub fn cell_field(item: &str, row: usize, column: &str) -> String {
    format!("a-{item}-{row}-{column}")
}

/// A part of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Key, unique in the sheet.
    pub key: String,
    /// Its heading.
    pub title: Label,
    /// What helps.
    pub help: Label,
    /// When it is asked at all.
    pub shown: Option<Condition>,
    /// Its questions.
    pub items: Vec<Item>,
}

/// A sheet as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Key; stays the same over versions.
    pub key: String,
    /// Version, counted from 1.
    pub version: u32,
    /// Name of the sheet.
    pub title: Label,
    /// What it is about.
    pub about: About,
    /// Its parts.
    pub sections: Vec<Section>,
}

impl Definition {
    /// Every item in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|s| &s.items)
    }

    /// Every item in order, to be changed.
    pub fn items_mut(&mut self) -> impl Iterator<Item = &mut Item> {
        self.sections.iter_mut().flat_map(|s| &mut s.items)
    }

    /// Every item in order, with its section.
    pub fn items_in_sections(&self) -> impl Iterator<Item = (&Section, &Item)> {
        self.sections.iter().flat_map(|s| s.items.iter().map(move |i| (s, i)))
    }

    /// The item with this key.
    pub fn item(&self, key: &str) -> Option<&Item> {
        self.items().find(|i| i.key == key)
    }

    /// The item that fills a typed column.
    pub fn core(&self, column: &str) -> Option<&Item> {
        self.items().find(|i| i.core.as_deref() == Some(column))
    }

    /// With the core items of what ships that this version does not have yet, where what ships has them: a version
    /// made before an item was added asks it all the same.
    #[must_use]
    pub fn with_core_of(&self, shipped: &Self) -> Self {
        let mut d = self.clone();
        for (section, item) in shipped.items_in_sections() {
            let Some(column) = item.core.as_deref() else { continue };
            // A key the town gave to an item of its own stays the town's.
            if d.core(column).is_some() || d.item(&item.key).is_some() {
                continue;
            }
            if let Some(place) = d.sections.iter_mut().find(|s| s.key == section.key) {
                place.items.push(item.clone());
            } else {
                d.sections.push(Section { items: vec![item.clone()], ..section.clone() });
            }
        }
        d
    }
}
