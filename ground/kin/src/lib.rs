//! # Kin
//!
//! Genograms and ecomaps: from people and ties to positioned symbols, lines and labels, and from there to SVG. Pure: no
//! I/O, no clock, no language. What is given is drawn and nothing else, so that a person or a tie that a viewer may not
//! see leaves no gap (disclosure rule 2): give only what was disclosed.
//!
//! - [`genogram`]: ジェノグラム. Square man, circle woman, triangle unknown; double outline for 本人; one row for each
//!   generation, brothers and sisters from the eldest on the left, twins from one point, the man on the left of a couple; those who live
//!   together inside one line.
//! - [`ecomap`]: エコマップ. The household in the middle, what it is tied to around it.
//! - [`svg`]: the writer. Classes only, no inline style: the content security policy refuses it.
//!
//! There is no national standard of these drawings, so a legend belongs to every one of them ([`svg::legend`]).
//!
//! Invariants, held by `tests/families.rs` for a thousand invented families: nobody is lost, no symbol or label lies on
//! another one, the line around a home holds exactly those who live in it, no line of closeness, conflict, violence or care
//! lies on another line, runs near beside a line of the family or runs through somebody, lines lead from everybody to each of their
//! recorded parents and to nobody else than them and brothers and sisters, whoever is no kin stands in the
//! row of those they are tied to, and the same family is always drawn alike.

mod bond;
pub mod ecomap;
mod graph;
mod hull;
mod mark;
mod order;
mod place;
mod route;
pub mod svg;

pub use place::LABEL_CHARS;

/// What a symbol says of a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sex {
    /// □.
    Male,
    /// ○.
    Female,
    /// ◇.
    Other,
    /// △.
    #[default]
    Unknown,
}

/// A person to be drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// What stands below the symbol, line by line.
    pub label: Vec<String>,
    /// What stands in it.
    pub age: String,
    /// Its form.
    pub sex: Sex,
    /// By what brothers and sisters are ordered: any number that grows with the day of birth.
    pub born: Option<i64>,
    /// By what twins are told: any number for the day of birth, where the whole day is known and twins are to be drawn as such.
    pub birth_day: Option<i64>,
    /// Whether they died.
    pub died: bool,
    /// 本人: with a double outline.
    pub index: bool,
    /// キーパーソン: with a star.
    pub key: bool,
    /// Whether they live in the home that is enclosed.
    pub home: bool,
    /// Where the symbol leads.
    pub href: String,
    /// The person in words, for those who do not see the drawing.
    pub title: String,
}

/// How somebody is a parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Descent {
    /// 実親.
    Birth,
    /// 養親.
    Adoptive,
    /// 里親.
    Foster,
    /// 継親.
    Step,
}

/// How two people are, or were, a couple.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Couple {
    /// 離婚.
    Divorced,
    /// Parents of one child, and no more is known.
    Parents,
    /// 別居.
    Separated,
    /// 内縁.
    Cohabiting,
    /// 婚姻.
    Married,
}

/// What else is between two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bond {
    /// 親しい.
    Close,
    /// 疎遠.
    Distant,
    /// 対立.
    Conflict,
    /// 暴力, from the first to the second.
    Violence,
    /// 介護・世話, from the first to the second.
    Caring,
    /// 後見, from the first to the second.
    Guardian,
}

/// What a tie is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The first is a parent of the second.
    Descent(Descent),
    /// A couple.
    Couple(Couple),
    /// Brothers and sisters whose parents are not drawn.
    Siblings,
    /// What else is between them.
    Bond(Bond),
}

/// A tie between two people, by their places in [`Family::people`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// What it is.
    pub kind: Kind,
    /// The first.
    pub a: usize,
    /// The second.
    pub b: usize,
    /// Where its line leads.
    pub href: String,
    /// The tie in words.
    pub title: String,
}

/// A family to be drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Family {
    /// The people.
    pub people: Vec<Person>,
    /// Their ties; those that name nobody or one person twice are passed over. Of several that make one couple the last
    /// one counts.
    pub ties: Vec<Tie>,
}

/// A point, in CSS pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rect {
    /// Left edge.
    pub left: i32,
    /// Upper edge.
    pub top: i32,
    /// Right edge.
    pub right: i32,
    /// Lower edge.
    pub bottom: i32,
}

impl Rect {
    /// Whether two rectangles share any area.
    pub fn meets(self, other: Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Whether a point lies in it.
    pub fn holds(self, p: Point) -> bool {
        (self.left..=self.right).contains(&p.x) && (self.top..=self.bottom).contains(&p.y)
    }
}

/// A person in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Their place in [`Family::people`].
    pub person: usize,
    /// The middle of the symbol.
    pub centre: Point,
    /// The generation, from the oldest.
    pub row: usize,
    /// The symbol.
    pub shape: Rect,
    /// The label below it; without area when there is none.
    pub label: Rect,
}

impl Symbol {
    /// Symbol and label together.
    pub fn whole(&self) -> Rect {
        Rect {
            left: self.shape.left.min(self.label.left),
            top: self.shape.top,
            right: self.shape.right.max(self.label.right),
            bottom: self.shape.bottom.max(self.label.bottom),
        }
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stroke {
    /// What it says.
    pub kind: Kind,
    /// Its corners.
    pub points: Vec<Point>,
    /// The tie it shows, by its place in [`Family::ties`], when it is one.
    pub tie: Option<usize>,
    /// Where the strokes of a divorce or a separation stand on it.
    pub mark: Option<Point>,
    /// ふたご・多胎: it is drawn straight from its first point, which is that of the others, to its last. Its corners keep the room for it.
    pub slant: bool,
}

/// A family in its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Width of everything.
    pub width: i32,
    /// Height of everything.
    pub height: i32,
    /// Everybody, by row and from the left.
    pub symbols: Vec<Symbol>,
    /// The lines.
    pub strokes: Vec<Stroke>,
    /// The line around those who live together: closed loops, even-odd.
    pub home: Vec<Vec<Point>>,
}

/// ふたご・多胎: children of the same two parents who were born on one day, by their places in [`Family::people`].
pub fn twins(family: &Family) -> Vec<Vec<usize>> {
    graph::Graph::of(family).twins()
}

/// Draws a family.
pub fn genogram(family: &Family) -> Drawing {
    let graph = graph::Graph::of(family);
    let rows = order::rows(&graph);
    let mut placed = place::place(family, &graph, &rows);
    let strokes = route::strokes(family, &graph, &mut placed);
    let home = hull::around(&placed, |p| family.people[p].home);
    placed.into_drawing(strokes, home)
}
