//! # Paper
//!
//! What stands on a paper, as data: a [`Document`] is a list of [`Block`]s with a head and a foot on every page. The same
//! document becomes the page that is looked at before printing (`site::paper`), a PDF and a spreadsheet (`press`). So there is
//! one place that says what goes on a paper, and what is absent there is absent everywhere.
//!
//! ```
//! use paper::{Block, Document, Field, Fields, Grid, Language, Said, Mark};
//!
//! let minutes = Document::new("第3回 重層的支援会議 会議録", Language::Japanese)
//!     .head(["会議録", "取扱注意", "令和8年11月20日"])
//!     .foot(["藤沢市", "ここに出していない内容があります"])
//!     .with(Block::heading(1, "第3回 重層的支援会議 会議録"))
//!     .with(Fields::new().row(Field::new("日時", "令和8年11月18日 14時から")).row(Field::new("場所", "市役所 第2会議室")))
//!     .with(Block::heading(2, "議題1 今年度の取組について"))
//!     .with(Block::Talk {
//!         lines: vec![
//!             Said::new(Mark::Explained, "事務局", "資料1にもとづき説明"),
//!             Said::new(Mark::Asked, "委員", "参加支援の対象者は何人ですか。"),
//!             Said::new(Mark::Answered, "事務局", "12人です。"),
//!             Said::new(Mark::Decided, "", "了承"),
//!         ],
//!     })
//!     .with(Grid::new(["番号", "資料"]).widths([1, 5]).row(["資料1-1", "取組の状況"]).row(["別紙", "名簿"]));
//! assert_eq!(minutes.blocks.len(), 5);
//! ```
//!
//! For a blank form to be filled in by pen the same document is made with empty values: [`Value::Pen`] leaves room to write,
//! [`Value::Ticks`] shows every choice.
//!
//! Invariant: nothing here knows a household, a clock or a file; a document is only what was put into it.

mod document;
mod parts;

pub use document::{Block, Document, Language, Size, Style};
pub use parts::{
    Drawing, Field, FieldRow, Fields, Grid, GridRow, Letter, Mark, Said, Sample, SignLine, Tick, Value,
};
