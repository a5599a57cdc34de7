//! エコマップ: the household in the middle; around it agencies, people and places, each with one line to the middle.

use crate::place::{EDGE, LINE, units};
use crate::svg::{self, Frame, Sample, put};
use crate::{Point, Rect};

/// How strong a tie is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// 強い: a thick line.
    Strong,
    /// ふつう.
    #[default]
    Plain,
    /// 弱い: a dotted line.
    Weak,
    /// ストレス: a line of teeth.
    Stressful,
}

impl Strength {
    /// Its name in classes and lists of words.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Plain => "plain",
            Self::Weak => "weak",
            Self::Stressful => "stressful",
        }
    }
}

/// What stands around the household.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Its lines: the name first.
    pub label: Vec<String>,
    /// How strong the tie is.
    pub strength: Strength,
    /// Whether something goes from the household to it.
    pub to: bool,
    /// Whether something comes from it.
    pub from: bool,
    /// Class of its box: agency, person, place, group.
    pub class: &'static str,
    /// Where it leads.
    pub href: String,
    /// The tie in words.
    pub title: String,
}

/// A household with what it is tied to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ecomap {
    /// Lines of the middle: the household and its people.
    pub middle: Vec<String>,
    /// Around it.
    pub nodes: Vec<Node>,
}

/// An ecomap in its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Width of everything.
    pub width: i32,
    /// Height of everything.
    pub height: i32,
    /// The middle.
    pub middle: Rect,
    /// The boxes, in the order of the nodes.
    pub boxes: Vec<Rect>,
    /// The lines, from the middle to the box.
    pub lines: Vec<[Point; 2]>,
}

const WIDE: i32 = 168;
const APART: i32 = 24;
/// Free space between the middle and what stands around it, so that a line can be seen.
const FREE: i32 = 74;

fn height(lines: usize) -> i32 {
    i32::try_from(lines).unwrap_or(0) * LINE + 18
}

/// Puts an ecomap into place: in two columns beside the middle, and above and below it when there are many.
pub fn place(map: &Ecomap) -> Plan {
    let n = map.nodes.len();
    let above = if n > 6 { n / 4 } else { 0 };
    let below = above;
    let side = n - above - below;
    let (right, left) = (side.div_ceil(2), side / 2);
    let heights = |nodes: &[Node]| -> Vec<i32> { nodes.iter().map(|n| height(n.label.len())).collect() };
    let tall = |heights: &[i32]| {
        heights.iter().sum::<i32>() + APART * (i32::try_from(heights.len()).unwrap_or(0) - 1).max(0)
    };
    // Clockwise from above: as they were given.
    let (up, rest) = map.nodes.split_at(above);
    let (east, rest) = rest.split_at(right);
    let (down, west) = rest.split_at(below);
    debug_assert_eq!(west.len(), left);
    let text = map.middle.iter().map(|l| units(l) * 7 + 36).max().unwrap_or(0);
    let across = |k: usize| {
        let k = i32::try_from(k).unwrap_or(0);
        (k * WIDE + (k - 1).max(0) * APART).max(0)
    };
    let core = (text.max(190), height(map.middle.len()).max(70));
    let middle_height = core.1.max(tall(&heights(east))).max(tall(&heights(west)));
    let inner = core.0.max(across(above) - WIDE).max(across(below) - WIDE);
    let up_height = heights(up).iter().max().map_or(0, |h| h + FREE);
    let left_width = if west.is_empty() { 0 } else { WIDE + FREE };
    let x = EDGE + left_width + inner / 2;
    let y = EDGE + up_height + middle_height / 2;
    let middle =
        Rect { left: x - core.0 / 2, right: x + core.0 / 2, top: y - core.1 / 2, bottom: y + core.1 / 2 };
    let mut boxes = Vec::with_capacity(n);
    // From left to right, from top to bottom.
    let line_of = |heights: Vec<i32>, top: bool| -> Vec<Rect> {
        let mut left = x - across(heights.len()) / 2;
        heights
            .into_iter()
            .map(|h| {
                let at = if top { EDGE + up_height - FREE - h } else { y + middle_height / 2 + FREE };
                let r = Rect { left, right: left + WIDE, top: at, bottom: at + h };
                left += WIDE + APART;
                r
            })
            .collect()
    };
    let column = |heights: Vec<i32>, left: i32| -> Vec<Rect> {
        let mut top = y - tall(&heights) / 2;
        heights
            .into_iter()
            .map(|h| {
                let r = Rect { left, right: left + WIDE, top, bottom: top + h };
                top = r.bottom + APART;
                r
            })
            .collect()
    };
    // Clockwise goes backwards below and on the left.
    let backwards = |nodes: &[Node]| -> Vec<i32> { heights(nodes).into_iter().rev().collect() };
    boxes.extend(line_of(heights(up), true));
    boxes.extend(column(heights(east), x + inner / 2 + FREE));
    boxes.extend(line_of(backwards(down), false).into_iter().rev());
    boxes.extend(column(backwards(west), EDGE).into_iter().rev());
    let lines = boxes.iter().enumerate().map(|(i, r)| {
        let sideways = (above..above + right).contains(&i) || i >= above + right + below;
        between(middle, *r, sideways)
    });
    let lines = lines.collect();
    let edge = |f: fn(&Rect) -> i32| boxes.iter().chain([&middle]).map(f).max().unwrap_or(0) + EDGE;
    // Rows above and below can be wider than the columns.
    let shift = boxes.iter().map(|r| EDGE - r.left).max().unwrap_or(0).max(0);
    let mut plan = Plan { width: edge(|r| r.right), height: edge(|r| r.bottom), middle, boxes, lines };
    if shift > 0 {
        plan.width += shift;
        let moved = |r: &mut Rect| (r.left, r.right) = (r.left + shift, r.right + shift);
        moved(&mut plan.middle);
        plan.boxes.iter_mut().for_each(moved);
        plan.lines.iter_mut().flatten().for_each(|p| p.x += shift);
    }
    plan
}

/// Free space between the stem and a box where an ecomap stands in one column.
const BESIDE: i32 = 58;

/// The same in one column, for a narrow screen: the household above, what it is tied to below it, each with its line to a stem that
/// goes down from the middle. Nothing is wider than a box and its line, however many there are.
pub fn place_tall(map: &Ecomap) -> Plan {
    let text = map.middle.iter().map(|l| units(l) * 7 + 36).max().unwrap_or(0).max(190);
    let middle = Rect {
        left: EDGE_TALL,
        right: EDGE_TALL + text,
        top: EDGE,
        bottom: EDGE + height(map.middle.len()).max(70),
    };
    let stem = EDGE_TALL + 16;
    let (mut top, mut plan) = (middle.bottom + APART, Plan { middle, ..Plan::default() });
    for node in &map.nodes {
        let left = stem + BESIDE;
        let r = Rect { left, right: left + WIDE, top, bottom: top + height(node.label.len()) };
        let y = i32::midpoint(r.top, r.bottom);
        plan.lines.push([Point { x: stem, y }, Point { x: r.left, y }]);
        top = r.bottom + APART;
        plan.boxes.push(r);
    }
    let edge = |f: fn(&Rect) -> i32| plan.boxes.iter().chain([&middle]).map(f).max().unwrap_or(0);
    (plan.width, plan.height) = (edge(|r| r.right) + EDGE_TALL, edge(|r| r.bottom) + EDGE);
    plan
}

/// Beside a column there is no more room than its lines need.
const EDGE_TALL: i32 = 6;

/// A straight line from the edge of the middle to the edge of a box.
fn between(middle: Rect, r: Rect, sideways: bool) -> [Point; 2] {
    let (cx, cy) = (i32::midpoint(middle.left, middle.right), i32::midpoint(middle.top, middle.bottom));
    let (x, y) = (i32::midpoint(r.left, r.right), i32::midpoint(r.top, r.bottom));
    if sideways {
        let (from, to) = if x > cx { (middle.right, r.left) } else { (middle.left, r.right) };
        let inside = (middle.bottom - middle.top) / 2 - 10;
        [Point { x: from, y: cy + (y - cy).clamp(-inside, inside) }, Point { x: to, y }]
    } else {
        let (from, to) = if y > cy { (middle.bottom, r.top) } else { (middle.top, r.bottom) };
        let inside = (middle.right - middle.left) / 2 - 14;
        [Point { x: cx + (x - cx).clamp(-inside, inside), y: from }, Point { x, y: to }]
    }
}

pub(crate) fn line(out: &mut String, strength: Strength, points: &[Point]) {
    let code = strength.code();
    let d = if strength == Strength::Stressful { svg::path(&svg::zigzag(points)) } else { svg::path(points) };
    put(out, format_args!("<path class=\"tie {code}\" d=\"{d}\"/>"));
}

fn text(out: &mut String, lines: &[String], r: Rect) {
    let x = i32::midpoint(r.left, r.right);
    let first = i32::midpoint(r.top, r.bottom) - (i32::try_from(lines.len()).unwrap_or(0) - 1) * LINE / 2 + 5;
    for (i, l) in (0_i32..).zip(lines) {
        let class = if i == 0 { "name" } else { "sub" };
        put(
            out,
            format_args!(
                "<text class=\"{class}\" x=\"{x}\" y=\"{}\">{}</text>",
                first + i * LINE,
                svg::escape(l)
            ),
        );
    }
}

/// Writes an ecomap.
pub fn write(map: &Ecomap, frame: &Frame<'_>) -> String {
    written(map, frame, &place(map), &[])
}

/// Writes an ecomap in one column ([`place_tall`]).
pub fn write_tall(map: &Ecomap, frame: &Frame<'_>) -> String {
    let plan = place_tall(map);
    let stem = plan.lines.last().map(|[from, _]| [Point { x: from.x, y: plan.middle.bottom }, *from]);
    written(map, frame, &plan, stem.as_ref().map_or(&[], |points| points.as_slice()))
}

/// `stem`: what carries the lines where they do not begin at the middle.
fn written(map: &Ecomap, frame: &Frame<'_>, plan: &Plan, stem: &[Point]) -> String {
    let mut out = String::new();
    svg::open(&mut out, "ecomap", frame, (plan.width, plan.height));
    if !stem.is_empty() {
        put(&mut out, format_args!("<path class=\"stem\" d=\"{}\"/>", svg::path(stem)));
    }
    for (node, (points, r)) in map.nodes.iter().zip(plan.lines.iter().zip(&plan.boxes)) {
        svg::link(&mut out, &node.href, &node.title, |out| {
            line(out, node.strength, points);
            if node.to {
                svg::arrow(out, points, node.strength.code());
            }
            if node.from {
                svg::arrow(out, &[points[1], points[0]], node.strength.code());
            }
            put(
                out,
                format_args!(
                    "<rect class=\"node of-{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"/>",
                    node.class,
                    r.left,
                    r.top,
                    r.right - r.left,
                    r.bottom - r.top
                ),
            );
            text(out, &node.label, *r);
        });
    }
    let m = plan.middle;
    put(
        &mut out,
        format_args!(
            "<rect class=\"middle\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"30\"/>",
            m.left,
            m.top,
            m.right - m.left,
            m.bottom - m.top
        ),
    );
    text(&mut out, &map.middle, m);
    out.push_str("</svg>");
    out
}

/// What a legend of it has to explain.
pub fn used(map: &Ecomap) -> Vec<Sample> {
    let mut used: Vec<Sample> = map.nodes.iter().map(|n| Sample::Tie(n.strength)).collect();
    if map.nodes.iter().any(|n| n.to || n.from) {
        used.push(Sample::Arrow);
    }
    used.sort_unstable();
    used.dedup();
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_box_is_as_high_as_its_own_words() {
        let node = |lines: usize| Node { label: vec!["診療所".to_owned(); lines], ..Node::default() };
        let map = Ecomap {
            middle: vec!["この世帯".to_owned()],
            nodes: (0..17).map(|n| node(n % 3 + 1)).collect(),
        };
        let plan = place(&map);
        for (node, r) in map.nodes.iter().zip(&plan.boxes) {
            assert_eq!(r.bottom - r.top, height(node.label.len()), "{r:?}");
        }
        for (i, r) in plan.boxes.iter().enumerate() {
            for other in plan.boxes[i + 1..].iter().chain([&plan.middle]) {
                let apart = r.right <= other.left
                    || other.right <= r.left
                    || r.bottom <= other.top
                    || other.bottom <= r.top;
                assert!(apart, "{r:?} {other:?}");
            }
        }
    }

    #[test]
    fn in_one_column_nothing_is_out_of_sight_and_nothing_lies_on_another() {
        let node = |lines: usize| Node {
            label: vec!["かかりつけの診療所".to_owned(); lines],
            ..Node::default()
        };
        let map = Ecomap {
            middle: vec!["この世帯".to_owned(), "小野 笑子".to_owned()],
            nodes: (0..12).map(|n| node(n % 4 + 1)).collect(),
        };
        let plan = place_tall(&map);
        // What a phone of 360 pixels leaves to a drawing.
        assert!(plan.width <= 290, "{}", plan.width);
        assert_eq!((plan.boxes.len(), plan.lines.len()), (12, 12));
        for pair in [&[plan.middle][..], &plan.boxes].concat().windows(2) {
            assert!(pair[0].bottom < pair[1].top, "{pair:?}");
        }
        for (r, [from, to]) in plan.boxes.iter().zip(&plan.lines) {
            assert!(from.x < to.x && to.x == r.left && (r.top..r.bottom).contains(&to.y));
        }
        let frame = Frame { id: "e", title: "", description: "", died: svg::Died::default() };
        assert!(write_tall(&map, &frame).contains("class=\"stem\""));
        assert!(!write_tall(&Ecomap::default(), &frame).contains("class=\"stem\""));
    }
}
