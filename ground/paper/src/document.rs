//! A document and its blocks.

use serde::Serialize;

use crate::{Drawing, Fields, Grid, Letter, Said, SignLine, Tick};

/// In which language a paper is: how lines are broken and what a reader's voice speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub enum Language {
    /// Japanese.
    #[default]
    #[serde(rename = "ja")]
    Japanese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// From the code that pages use: everything but `en` is Japanese.
    pub fn of(code: &str) -> Self {
        if code == "en" { Self::English } else { Self::Japanese }
    }

    /// `ja` or `en`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Japanese => "ja",
            Self::English => "en",
        }
    }
}

/// How large the paper is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// A4, upright.
    #[default]
    A4,
    /// A4, lying on its side: drawings and wide tables.
    A4Wide,
    /// A3, lying on its side.
    A3Wide,
}

/// How a paragraph looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Running text.
    #[default]
    Plain,
    /// Small and quiet: remarks.
    Small,
    /// In the middle of the line.
    Centre,
    /// At the end of the line.
    End,
    /// What must not be overlooked.
    Strong,
}

/// A part of a document, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Block {
    /// 1 is the title of the paper, 2 and 3 are its parts.
    Heading {
        /// 1 to 3.
        level: u8,
        /// Its words.
        words: String,
    },
    /// Running text; a line break in the words is one on paper.
    Paragraph {
        /// Its words.
        words: String,
        /// How it looks.
        style: Style,
    },
    /// A short remark after its name: why this can be seen, what is left out.
    Note {
        /// Its name.
        label: String,
        /// What it says.
        words: String,
    },
    /// Questions beside answers.
    Fields(Fields),
    /// A table with a head.
    Grid(Grid),
    /// Empty lines to write on by pen.
    Ruled {
        /// How many.
        lines: u8,
    },
    /// Boxes, ticked or not.
    Ticks {
        /// The boxes.
        ticks: Vec<Tick>,
        /// In how many columns.
        columns: u8,
    },
    /// Where day, name and seal go.
    Sign {
        /// Its lines.
        lines: Vec<SignLine>,
    },
    /// A drawing.
    Drawing(Drawing),
    /// Number, day, addressee, sender and subject of a letter.
    Letter(Letter),
    /// A list with dots or numbers.
    List {
        /// Whether it is numbered.
        ordered: bool,
        /// Its items.
        items: Vec<String>,
    },
    /// What was said in a meeting, line by line.
    Talk {
        /// The lines.
        lines: Vec<Said>,
    },
    /// What stays on one page if it can.
    Together {
        /// The blocks.
        blocks: Vec<Block>,
        /// On a page of its own that lies on its side.
        turned: bool,
    },
    /// What follows begins on a new page.
    NewPage,
}

impl Block {
    /// A heading.
    pub fn heading(level: u8, words: impl Into<String>) -> Self {
        Self::Heading { level, words: words.into() }
    }

    /// Running text.
    pub fn text(words: impl Into<String>) -> Self {
        Self::styled(Style::Plain, words)
    }

    /// A small remark.
    pub fn small(words: impl Into<String>) -> Self {
        Self::styled(Style::Small, words)
    }

    /// Text that looks so.
    pub fn styled(style: Style, words: impl Into<String>) -> Self {
        Self::Paragraph { words: words.into(), style }
    }

    /// A remark after its name.
    pub fn note(label: impl Into<String>, words: impl Into<String>) -> Self {
        Self::Note { label: label.into(), words: words.into() }
    }

    /// A list with dots.
    pub fn list<S: Into<String>>(items: impl IntoIterator<Item = S>) -> Self {
        Self::List { ordered: false, items: items.into_iter().map(Into::into).collect() }
    }

    /// A list with numbers.
    pub fn steps<S: Into<String>>(items: impl IntoIterator<Item = S>) -> Self {
        Self::List { ordered: true, items: items.into_iter().map(Into::into).collect() }
    }

    /// These blocks, on one page if they fit.
    pub fn together(blocks: impl IntoIterator<Item = Self>) -> Self {
        Self::Together { blocks: blocks.into_iter().collect(), turned: false }
    }

    /// A drawing under its heading; on a page that lies on its side where its words could not be read on an upright one.
    pub fn drawn(heading: &str, drawing: Drawing) -> Self {
        let turned = drawing.width > Drawing::UPRIGHT;
        Self::Together { blocks: vec![Self::heading(2, heading), drawing.into()], turned }
    }
}

impl From<Fields> for Block {
    fn from(fields: Fields) -> Self {
        Self::Fields(fields)
    }
}

impl From<Grid> for Block {
    fn from(grid: Grid) -> Self {
        Self::Grid(grid)
    }
}

impl From<Letter> for Block {
    fn from(letter: Letter) -> Self {
        Self::Letter(letter)
    }
}

impl From<Drawing> for Block {
    fn from(drawing: Drawing) -> Self {
        Self::Drawing(drawing)
    }
}

/// A paper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Document {
    /// What it is: stands in the properties of the file, so it never names anybody.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// Its size.
    pub size: Size,
    /// At the top of every page: left, middle, right. All empty: nothing.
    pub head: [String; 3],
    /// At the bottom of every page: left and right of the page's number.
    pub foot: [String; 2],
    /// What stands on it.
    pub blocks: Vec<Block>,
}

impl Document {
    /// An empty paper of A4.
    pub fn new(title: impl Into<String>, language: Language) -> Self {
        Self { title: title.into(), language, ..Self::default() }
    }

    /// Of another size.
    #[must_use]
    pub fn size(mut self, size: Size) -> Self {
        self.size = size;
        self
    }

    /// What stands at the top of every page.
    #[must_use]
    pub fn head<S: Into<String>>(mut self, head: [S; 3]) -> Self {
        self.head = head.map(Into::into);
        self
    }

    /// What stands at the bottom of every page.
    #[must_use]
    pub fn foot<S: Into<String>>(mut self, foot: [S; 2]) -> Self {
        self.foot = foot.map(Into::into);
        self
    }

    /// With one more block.
    #[must_use]
    pub fn with(mut self, block: impl Into<Block>) -> Self {
        self.push(block);
        self
    }

    /// Adds a block.
    pub fn push(&mut self, block: impl Into<Block>) {
        self.blocks.push(block.into());
    }

    /// Every text on it in reading order, the head and foot of its pages left out: what a test compares with what a second
    /// program reads in the file.
    pub fn words(&self) -> Vec<&str> {
        let mut out = Vec::new();
        for block in &self.blocks {
            block.words(&mut out);
        }
        out.retain(|w| !w.trim().is_empty());
        out
    }
}

impl Block {
    fn words<'a>(&'a self, out: &mut Vec<&'a str>) {
        match self {
            Self::Heading { words, .. } | Self::Paragraph { words, .. } => out.push(words),
            Self::Note { label, words } => out.extend([label.as_str(), words]),
            Self::Fields(fields) => fields.words(out),
            Self::Grid(grid) => grid.words(out),
            Self::Ruled { .. } | Self::NewPage => {}
            Self::Ticks { ticks, .. } => out.extend(ticks.iter().map(|t| t.words.as_str())),
            Self::Sign { lines } => lines.iter().for_each(|l| out.extend([l.label.as_str(), &l.words])),
            Self::Drawing(drawing) => {
                // Its title is spoken, not printed.
                out.extend(drawing.legend.iter().map(|s| s.words.as_str()));
                out.extend(drawing.says.iter().map(String::as_str));
            }
            Self::Letter(letter) => letter.words(out),
            Self::List { items, .. } => out.extend(items.iter().map(String::as_str)),
            Self::Talk { lines } => lines.iter().for_each(|l| out.extend([l.who.as_str(), &l.words, &l.tag])),
            Self::Together { blocks, .. } => blocks.iter().for_each(|b| b.words(out)),
        }
    }
}
