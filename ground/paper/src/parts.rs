//! What blocks are made of.

use serde::Serialize;

/// A box to tick.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tick {
    /// Whether it is ticked.
    pub on: bool,
    /// What it says.
    pub words: String,
}

impl Tick {
    /// A box.
    pub fn new(on: bool, words: impl Into<String>) -> Self {
        Self { on, words: words.into() }
    }
}

/// An answer on a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Value {
    /// Words; nothing where there are none.
    Words {
        /// The words.
        words: String,
    },
    /// Room to write by pen, in lines.
    Pen {
        /// How many lines.
        lines: u8,
    },
    /// Boxes to choose from.
    Ticks {
        /// The boxes.
        ticks: Vec<Tick>,
    },
}

impl Value {
    /// Every choice of a list, those chosen ticked.
    pub fn ticks(ticks: impl IntoIterator<Item = Tick>) -> Self {
        Self::Ticks { ticks: ticks.into_iter().collect() }
    }

    /// In one line of words: for a spreadsheet.
    pub fn line(&self) -> String {
        match self {
            Self::Words { words } => words.clone(),
            Self::Pen { .. } => String::new(),
            Self::Ticks { ticks } => {
                let chosen: Vec<&str> = ticks.iter().filter(|t| t.on).map(|t| t.words.as_str()).collect();
                chosen.join("、")
            }
        }
    }
}

impl From<&str> for Value {
    fn from(words: &str) -> Self {
        Self::Words { words: words.to_owned() }
    }
}

impl From<String> for Value {
    fn from(words: String) -> Self {
        Self::Words { words }
    }
}

impl From<&String> for Value {
    fn from(words: &String) -> Self {
        Self::Words { words: words.clone() }
    }
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The question.
    pub label: String,
    /// The answer.
    pub value: Value,
    /// 太枠: reported to the state, in a thick frame.
    pub thick: bool,
}

impl Field {
    /// A field.
    pub fn new(label: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { label: label.into(), value: value.into(), thick: false }
    }

    /// A field to be filled in by pen.
    pub fn pen(label: impl Into<String>, lines: u8) -> Self {
        Self::new(label, Value::Pen { lines })
    }

    /// In a thick frame.
    #[must_use]
    pub fn thick(self) -> Self {
        self.thick_if(true)
    }

    /// In a thick frame when it is reported.
    #[must_use]
    pub fn thick_if(mut self, thick: bool) -> Self {
        self.thick = thick;
        self
    }
}

/// Fields beside one another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FieldRow {
    /// The fields, left to right.
    pub fields: Vec<Field>,
}

/// Questions beside answers, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fields {
    /// How wide the questions are, in millimetres.
    pub label_mm: u16,
    /// The rows.
    pub rows: Vec<FieldRow>,
}

impl Default for Fields {
    fn default() -> Self {
        Self { label_mm: 32, rows: Vec::new() }
    }
}

impl Fields {
    /// No rows yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With questions so wide.
    #[must_use]
    pub fn label_mm(mut self, mm: u16) -> Self {
        self.label_mm = mm;
        self
    }

    /// With a row of one field.
    #[must_use]
    pub fn row(self, field: Field) -> Self {
        self.beside([field])
    }

    /// With a row of fields beside one another.
    #[must_use]
    pub fn beside(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.rows.push(FieldRow { fields: fields.into_iter().collect() });
        self
    }

    /// Adds a row of one field.
    pub fn push(&mut self, field: Field) {
        self.rows.push(FieldRow { fields: vec![field] });
    }

    /// Whether there is anything in it.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn words<'a>(&'a self, out: &mut Vec<&'a str>) {
        for field in self.rows.iter().flat_map(|r| &r.fields) {
            out.push(&field.label);
            match &field.value {
                Value::Words { words } => out.push(words),
                Value::Pen { .. } => {}
                Value::Ticks { ticks } => out.extend(ticks.iter().map(|t| t.words.as_str())),
            }
        }
    }
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GridRow {
    /// Its cells.
    pub cells: Vec<String>,
    /// 太枠.
    pub thick: bool,
}

/// A table with a head that is repeated on every page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Grid {
    /// The heads; none: a table without a head.
    pub heads: Vec<String>,
    /// How wide the columns are, as shares of the whole; 0: as wide as its words. Empty: all alike.
    pub widths: Vec<u16>,
    /// The rows.
    pub rows: Vec<GridRow>,
    /// Empty rows below, to write by pen.
    pub empty: u8,
    /// How high an empty row is, in millimetres.
    pub empty_mm: u16,
    /// The first column names its row.
    pub named: bool,
}

impl Grid {
    /// A table with these heads.
    pub fn new<S: Into<String>>(heads: impl IntoIterator<Item = S>) -> Self {
        Self { heads: heads.into_iter().map(Into::into).collect(), empty_mm: 10, ..Self::default() }
    }

    /// With columns so wide.
    #[must_use]
    pub fn widths(mut self, widths: impl IntoIterator<Item = u16>) -> Self {
        self.widths = widths.into_iter().collect();
        self
    }

    /// With one more row.
    #[must_use]
    pub fn row<S: Into<String>>(mut self, cells: impl IntoIterator<Item = S>) -> Self {
        self.push(cells);
        self
    }

    /// Adds a row.
    pub fn push<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(GridRow { cells: cells.into_iter().map(Into::into).collect(), thick: false });
    }

    /// With empty rows to write by pen.
    #[must_use]
    pub fn empty(mut self, rows: u8, mm: u16) -> Self {
        self.empty = rows;
        self.empty_mm = mm;
        self
    }

    /// The first column names its row.
    #[must_use]
    pub fn named(mut self) -> Self {
        self.named = true;
        self
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.rows
            .iter()
            .map(|r| r.cells.len())
            .chain([self.heads.len(), self.widths.len(), 1])
            .max()
            .unwrap_or(1)
    }

    pub(crate) fn words<'a>(&'a self, out: &mut Vec<&'a str>) {
        out.extend(self.heads.iter().map(String::as_str));
        out.extend(self.rows.iter().flat_map(|r| &r.cells).map(String::as_str));
    }
}

/// A line to sign on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignLine {
    /// Name, address, day.
    pub label: String,
    /// What is known already.
    pub words: String,
    /// Whether a seal (印) goes behind it.
    pub seal: bool,
}

impl SignLine {
    /// An empty line.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// With what is known already.
    #[must_use]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.words = words.into();
        self
    }

    /// With a place for a seal.
    #[must_use]
    pub fn seal(mut self) -> Self {
        self.seal = true;
        self
    }
}

/// A sign of a legend.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// The sign, as SVG.
    pub svg: String,
    /// What it means.
    pub words: String,
}

/// A drawing with its legend and the same in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Drawing {
    /// What it is.
    pub title: String,
    /// The drawing, as SVG.
    pub svg: String,
    /// How the classes of the drawing and of its legend look where no page says it, as CSS.
    pub style: String,
    /// Its width as drawn, in pixels: it is made smaller to fit, never larger.
    pub width: u32,
    /// Its height as drawn.
    pub height: u32,
    /// What its signs mean.
    pub legend: Vec<Sample>,
    /// The same in words.
    pub says: Vec<String>,
}

impl Drawing {
    /// How wide it can be, in pixels, for its names (14 high) to be 8 points on an upright A4.
    pub const UPRIGHT: u32 = 850;
}

/// The head of a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// Its number; empty: none.
    pub number: String,
    /// Its day.
    pub day: String,
    /// Whom it goes to, with 様 or 御中, line by line.
    pub to: Vec<String>,
    /// Whom it comes from, line by line.
    pub from: Vec<String>,
    /// Whether a seal goes behind the last line of the sender.
    pub seal: bool,
    /// What it is about.
    pub subject: String,
}

impl Letter {
    fn lines(&self) -> impl Iterator<Item = &String> {
        [&self.number, &self.day].into_iter().chain(&self.to).chain(&self.from).chain([&self.subject])
    }

    pub(crate) fn words<'a>(&'a self, out: &mut Vec<&'a str>) {
        out.extend(self.lines().map(String::as_str));
    }
}

/// What a line of minutes is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Without a mark.
    #[default]
    Plain,
    /// 《資料1にもとづき説明》.
    Explained,
    /// ○ A question or opinion.
    Asked,
    /// → Its answer.
    Answered,
    /// ・ An opinion nobody has to answer.
    Opinion,
    /// ⇒ What was decided.
    Decided,
    /// ※ A remark of whoever wrote it down.
    Remark,
    /// 〇 Who speaks stands in a row of their own, what they say below.
    Spoke,
}

impl Mark {
    /// The sign before the line.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Plain | Self::Explained => "",
            Self::Asked => "○",
            Self::Answered => "→",
            Self::Opinion => "・",
            Self::Decided => "⇒",
            Self::Remark => "※",
            Self::Spoke => "〇",
        }
    }
}

/// A line of minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Said {
    /// What it is.
    pub mark: Mark,
    /// Who said it; empty: nobody is named.
    pub who: String,
    /// What was said.
    pub words: String,
    /// What is to be known about the line, in a box behind it: that it may be told at one's own desk. Mostly nothing.
    pub tag: String,
}

impl Said {
    /// A line.
    pub fn new(mark: Mark, who: impl Into<String>, words: impl Into<String>) -> Self {
        Self { mark, who: who.into(), words: words.into(), tag: String::new() }
    }

    /// With a box behind it.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = tag.into();
        self
    }
}
