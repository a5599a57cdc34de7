//! Registers from files: areas, the plan's programmes, desks, staff, who answers for what, and the
//! transfers of an April 1.
//!
//! Parsing is pure and finds every problem with line, column and reason; storing happens in one act, so a file is
//! taken whole or not at all. Loading the same file again changes nothing.

mod areas;
mod desks;
pub mod open_data;
mod programmes;
pub(crate) mod resolve;
mod responsibilities;
mod staff;
pub mod table;
mod transfers;

pub use transfers::{Move, parse as parse_transfers, plan as plan_transfers};

use std::collections::BTreeMap;

use access::{Right, System};
use engine::{Act, Engine, Fail, Origin};
use serde::Serialize;
use site::T;
use words::code::Code;
use words::id::MunicipalityId;
use words::{Day, codes};

use crate::import::table::Line;

codes! {
    /// What a file holds.
    pub enum What {
        /// 地区・ブロック.
        Areas = "areas",
        /// The tables of the implementation plan.
        Programmes = "programmes",
        /// Agencies and desks.
        Desks = "desks",
        /// Staff with their appointments.
        Staff = "staff",
        /// Who answers for which matter where.
        Responsibilities = "responsibilities",
        /// 人事異動.
        Transfers = "transfers",
        /// Agencies of a field from open data.
        Agencies = "agencies",
    }
}

/// What is wrong with one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, the header being line 1.
    pub line: u64,
    /// Name of the column; empty when it is the line as a whole.
    pub column: String,
    /// Key of the sentence.
    pub key: &'static str,
    /// What was read there.
    pub value: String,
}

impl Problem {
    pub(crate) fn new(line: u64, column: &str, key: &'static str) -> Self {
        Self { line, column: column.to_owned(), key, value: String::new() }
    }

    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        let value = value.into();
        // What may be a 個人番号 is not said again, neither on a screen nor in a terminal's history.
        if !words::mynumber::contains_my_number(&value) {
            self.value = value;
        }
        self
    }

    /// The sentence, with the place in front.
    pub fn sentence(&self, t: &T) -> String {
        self.words(|key| t.s(key).to_owned())
    }

    fn words(&self, word: impl Fn(&str) -> String) -> String {
        let reason = word(self.key).replace("{value}", &self.value);
        let place = word(if self.column.is_empty() { "import.at_line" } else { "import.at_cell" });
        // The column both as a town hall calls it and as the file may have it.
        let key = format!("column.{}", self.column);
        let named = match word(&key) {
            shown if shown == key => self.column.clone(),
            shown => word("import.column").replace("{word}", &shown).replace("{code}", &self.column),
        };
        let place = place.replace("{line}", &self.line.to_string()).replace("{column}", &named);
        place.replace("{reason}", &reason)
    }
}

/// For a terminal, where nobody has said which language they read: both.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {}", self.words(crate::views::word), self.words(crate::views::english))
    }
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines read.
    pub lines: usize,
    /// What was made, by table; nothing when all was there already.
    pub made: BTreeMap<&'static str, usize>,
    /// What is wrong. When there is anything, nothing is stored.
    pub problems: Vec<Problem>,
    /// Whether it was stored: neither a trial nor a file with problems is.
    pub stored: bool,
}

impl Report {
    pub(crate) fn made(&mut self, what: &'static str) {
        *self.made.entry(what).or_default() += 1;
    }
}

#[derive(Serialize)]
struct Body<'a> {
    what: What,
    on: String,
    file: &'a [u8],
}

/// Loads a file as `yorisou import`. `on` is the day the registers are looked at; with `dry_run`, or when anything
/// is wrong, nothing is stored.
pub async fn import(
    engine: &Engine,
    municipality: MunicipalityId,
    what: What,
    file: &[u8],
    on: Day,
    dry_run: bool,
) -> Result<Report, Fail> {
    let body = Body { what, on: on.to_string(), file };
    let kind = "register.import";
    let mut act = engine.system_act(System::Import, municipality, Origin::File, kind, &body).await?;
    let right = Right::system(System::Import);
    let mut report = load(&mut act, &right, what, file, on).await?;
    if report.problems.is_empty() && !dry_run {
        act.commit(what.code()).await?;
        report.stored = true;
    }
    Ok(report)
}

/// Loads a file inside an act. The caller must not commit it when the report has problems.
pub async fn load(act: &mut Act, right: &Right, what: What, file: &[u8], on: Day) -> Result<Report, Fail> {
    let required: &[&str] = match what {
        What::Areas => areas::COLUMNS,
        What::Programmes => programmes::COLUMNS,
        What::Desks => desks::COLUMNS,
        What::Staff => staff::COLUMNS,
        What::Responsibilities => responsibilities::COLUMNS,
        What::Transfers => transfers::COLUMNS,
        // Its columns have many names: read in a way of its own, and of all places.
        What::Agencies => return open_data::load(act, right, file, on, "").await,
    };
    let lines = match table::read(file, required) {
        Ok(lines) => lines,
        Err(problems) => return Ok(Report { problems, ..Report::default() }),
    };
    let mut report = Report { lines: lines.len(), ..Report::default() };
    match what {
        What::Areas => areas::load(act, right, &lines, &mut report).await?,
        What::Programmes => programmes::load(act, right, &lines, on, &mut report).await?,
        What::Desks => desks::load(act, right, &lines, on, &mut report).await?,
        What::Staff => staff::load(act, right, &lines, &mut report).await?,
        What::Responsibilities => responsibilities::load(act, right, &lines, &mut report).await?,
        What::Transfers => transfers::load(act, right, &lines, &mut report).await?,
        What::Agencies => {}
    }
    Ok(report)
}

/// Reads the cells of one line and collects what is wrong with them.
pub(crate) struct Cells<'a> {
    line: &'a Line,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(line: &'a Line, problems: &'a mut Vec<Problem>) -> Self {
        Self { line, problems }
    }

    pub(crate) fn problem(&mut self, column: &str, key: &'static str) {
        let value = self.line.cell(column).to_owned();
        self.problems.push(Problem::new(self.line.number, column, key).value(value));
    }

    /// A text that may be empty.
    pub(crate) fn text(&mut self, column: &str) -> String {
        let Ok(text) = words::input::optional_line(self.line.cell(column), 400) else {
            // The value is not quoted: it may be a 個人番号.
            self.problems.push(Problem::new(self.line.number, column, "import.text"));
            return String::new();
        };
        text.unwrap_or_default()
    }

    /// A text that must be there.
    pub(crate) fn required(&mut self, column: &str) -> String {
        let text = self.text(column);
        if text.is_empty() && self.line.cell(column).is_empty() {
            self.problem(column, "import.required");
        }
        text
    }

    /// A whole number that may be absent, in any width.
    pub(crate) fn number(&mut self, column: &str) -> Option<i64> {
        let text = words::fold::fold(self.line.cell(column));
        if text.is_empty() {
            return None;
        }
        let number = text.parse::<i64>().ok().filter(|n| *n >= 0);
        if number.is_none() {
            self.problem(column, "import.number");
        }
        number
    }

    /// A day in any notation that may be absent.
    pub(crate) fn day(&mut self, column: &str) -> Option<Day> {
        let text = self.line.cell(column);
        if text.is_empty() {
            return None;
        }
        let day = words::wareki::parse_day(text).ok();
        if day.is_none() {
            self.problem(column, "import.day");
        }
        day
    }

    /// A day that must be there.
    pub(crate) fn required_day(&mut self, column: &str) -> Option<Day> {
        if self.line.cell(column).is_empty() {
            self.problem(column, "import.required");
        }
        self.day(column)
    }

    /// A value of a closed list, as its code or as its word in either language, that may be absent.
    pub(crate) fn code<C: Code>(&mut self, column: &str, list: &str) -> Option<C> {
        let text = self.line.cell(column);
        if text.is_empty() {
            return None;
        }
        let folded = words::fold::fold(text);
        let named = |c: &C| {
            let key = format!("{list}.{}", c.code());
            [crate::views::word(&key), crate::views::english(&key)]
                .iter()
                .any(|w| words::fold::fold(w) == folded)
        };
        let found = C::parse(text).or_else(|| C::ALL.iter().copied().find(named));
        if found.is_none() {
            self.problem(column, "import.code");
        }
        found
    }

    /// A value of a closed list that must be there.
    pub(crate) fn required_code<C: Code>(&mut self, column: &str, list: &str) -> Option<C> {
        if self.line.cell(column).is_empty() {
            self.problem(column, "import.required");
        }
        self.code(column, list)
    }
}
