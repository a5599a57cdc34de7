//! The writer: classes only, everything escaped. Symbols and lines are links that the keyboard reaches; whoever does not
//! see the drawing hears its title, its description and the title of each link.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::place::{LINE, units};
use crate::{Bond, Couple, Descent, Drawing, Family, Kind, Person, Point, Rect, Sex, Stroke};

/// How somebody who died is shown: regions differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Died {
    /// × through the symbol.
    #[default]
    Cross,
    /// A filled symbol.
    Fill,
}

/// What stands around a drawing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Frame<'a> {
    /// Its id on the page: several drawings of one page must differ.
    pub id: &'a str,
    /// What it is.
    pub title: &'a str,
    /// What it shows, in a sentence.
    pub description: &'a str,
    /// How somebody who died is shown.
    pub died: Died,
}

/// Something a legend explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sample {
    /// The form of a symbol.
    Sex(Sex),
    /// 本人.
    Index,
    /// Died.
    Died,
    /// キーパーソン.
    Key,
    /// The line around a home.
    Home,
    /// ふたご.
    Twins,
    /// 多胎: three or more at once.
    Multiple,
    /// A line.
    Line(Kind),
    /// A tie of an ecomap.
    Tie(crate::ecomap::Strength),
    /// The arrow of an ecomap.
    Arrow,
}

impl Kind {
    /// Its name in classes and lists of words.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Descent(Descent::Birth) => "birth",
            Self::Descent(Descent::Adoptive) => "adoptive",
            Self::Descent(Descent::Foster) => "foster",
            Self::Descent(Descent::Step) => "step",
            Self::Couple(Couple::Married) => "married",
            Self::Couple(Couple::Cohabiting) => "cohabiting",
            Self::Couple(Couple::Separated) => "separated",
            Self::Couple(Couple::Divorced) => "divorced",
            Self::Couple(Couple::Parents) => "parents",
            Self::Siblings => "siblings",
            Self::Bond(Bond::Close) => "close",
            Self::Bond(Bond::Distant) => "distant",
            Self::Bond(Bond::Conflict) => "conflict",
            Self::Bond(Bond::Violence) => "violence",
            Self::Bond(Bond::Caring) => "caring",
            Self::Bond(Bond::Guardian) => "guardian",
        }
    }
}

impl Sample {
    /// Its name in lists of words.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sex(Sex::Male) => "male",
            Self::Sex(Sex::Female) => "female",
            Self::Sex(Sex::Other) => "other",
            Self::Sex(Sex::Unknown) => "unknown",
            Self::Index => "index",
            Self::Died => "died",
            Self::Key => "key",
            Self::Home => "home",
            Self::Twins => "twins",
            Self::Multiple => "multiple",
            Self::Line(kind) => kind.code(),
            Self::Tie(strength) => strength.code(),
            Self::Arrow => "arrow",
        }
    }
}

/// Text for SVG and HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

pub(crate) fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let _ = out.write_fmt(text);
}

pub(crate) fn open(out: &mut String, class: &str, frame: &Frame<'_>, (width, height): (i32, i32)) {
    let id = escape(frame.id);
    put(
        out,
        format_args!(
            "<svg class=\"kin {class}\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"group\" aria-labelledby=\"{id}-title {id}-desc\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>",
            escape(frame.title),
            escape(frame.description)
        ),
    );
}

/// A genogram.
pub fn genogram(family: &Family, drawing: &Drawing, frame: &Frame<'_>) -> String {
    let mut out = String::new();
    open(&mut out, "genogram", frame, (drawing.width, drawing.height));
    for outline in &drawing.home {
        put(&mut out, format_args!("<path class=\"home\" d=\"{}\"/>", rounded(outline, 12)));
    }
    // What is wide and soft lies below what is thin: bonds first.
    let (bonds, lines): (Vec<_>, Vec<_>) =
        drawing.strokes.iter().partition(|s| matches!(s.kind, Kind::Bond(_)));
    for s in bonds.into_iter().chain(lines) {
        stroke(&mut out, family, s, &bridges(s, &drawing.strokes));
    }
    for s in &drawing.symbols {
        let person = &family.people[s.person];
        link(&mut out, &person.href, &person.title, |out| symbol(out, person, s.shape, s.label, frame.died));
    }
    out.push_str("</svg>");
    out
}

/// What leads somewhere, named by its title. A sign without words says its name by itself, too: not everything that reads a
/// page aloud looks for titles of drawings; beside words of its own such a name would contradict what is seen (WCAG 2.5.3).
pub(crate) fn link(out: &mut String, href: &str, title: &str, inside: impl FnOnce(&mut String)) {
    let title = escape(title);
    let mut drawn = String::new();
    inside(&mut drawn);
    match href {
        "" => out.push_str("<g>"),
        href if drawn.contains("<text") => put(out, format_args!("<a href=\"{}\">", escape(href))),
        href => put(out, format_args!("<a href=\"{}\" aria-label=\"{title}\">", escape(href))),
    }
    if !title.is_empty() {
        put(out, format_args!("<title>{title}</title>"));
    }
    out.push_str(&drawn);
    out.push_str(if href.is_empty() { "</g>" } else { "</a>" });
}

fn form(out: &mut String, sex: Sex, r: Rect, class: &str) {
    let (x, y) = (i32::midpoint(r.left, r.right), i32::midpoint(r.top, r.bottom));
    match sex {
        Sex::Male => put(
            out,
            format_args!(
                "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                r.left,
                r.top,
                r.right - r.left,
                r.bottom - r.top
            ),
        ),
        Sex::Female => put(
            out,
            format_args!(
                "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{}\"/>",
                (r.right - r.left) / 2
            ),
        ),
        Sex::Unknown => put(
            out,
            format_args!(
                "<polygon class=\"{class}\" points=\"{x},{} {},{} {},{}\"/>",
                r.top, r.right, r.bottom, r.left, r.bottom
            ),
        ),
        Sex::Other => put(
            out,
            format_args!(
                "<polygon class=\"{class}\" points=\"{x},{} {},{y} {x},{} {},{y}\"/>",
                r.top, r.right, r.bottom, r.left
            ),
        ),
    }
}

fn symbol(out: &mut String, person: &Person, r: Rect, label: Rect, died: Died) {
    let filled = person.died && died == Died::Fill;
    form(out, person.sex, r, if filled { "shape filled" } else { "shape" });
    if person.index {
        // A triangle has less room at its sides than at its foot.
        let by = |x, top, bottom| Rect {
            left: r.left + x,
            right: r.right - x,
            top: r.top + top,
            bottom: r.bottom - bottom,
        };
        let inner = match person.sex {
            Sex::Unknown => by(5, 7, 3),
            Sex::Other => by(7, 7, 7),
            _ => by(5, 5, 5),
        };
        form(out, person.sex, inner, "shape inner");
    }
    if person.died && !filled {
        let (inset, top) = match person.sex {
            Sex::Male => (0, 0),
            Sex::Female => (7, 7),
            Sex::Unknown => (11, 22),
            Sex::Other => (12, 12),
        };
        let (left, right, up, down) =
            (r.left + inset, r.right - inset, r.top + top, r.bottom - if top == 22 { 0 } else { top });
        put(
            out,
            format_args!(
                "<path class=\"cross\" d=\"M{left} {up}L{right} {down}M{right} {up}L{left} {down}\"/>"
            ),
        );
    }
    let x = i32::midpoint(r.left, r.right);
    if !person.age.is_empty() {
        let range = if units(&person.age) > 3 { " range" } else { "" };
        let on = if filled { " on" } else { "" };
        // Two ages, because only the year of birth is known: as wide as there is room in the form. A triangle has it at its foot.
        let (low, room) = match (person.sex, range.is_empty(), person.index) {
            (Sex::Unknown, true, _) => (8, 28),
            (Sex::Unknown, false, false) => (15, 28),
            (Sex::Unknown, false, true) => (12, 20),
            _ => (0, 36),
        };
        // A wave as wide as a letter would leave too little of that for the figures.
        let age =
            if room < 30 { person.age.replace(['\u{ff5e}', '\u{301c}'], "-") } else { person.age.clone() };
        let fit = if units(&age) * 13 / 2 > room && !range.is_empty() {
            format!(" textLength=\"{room}\" lengthAdjust=\"spacingAndGlyphs\"")
        } else {
            String::new()
        };
        put(
            out,
            format_args!(
                "<text class=\"age{range}{on}\" x=\"{x}\" y=\"{}\"{fit}>{}</text>",
                i32::midpoint(r.top, r.bottom) + 5 + low,
                escape(&age)
            ),
        );
    }
    if person.key {
        put(out, format_args!("<text class=\"star\" x=\"{}\" y=\"{}\">★</text>", r.right + 1, r.top + 5));
    }
    for (i, line) in (0_i32..).zip(&person.label) {
        let class = if i == 0 { "name" } else { "sub" };
        put(
            out,
            format_args!(
                "<text class=\"{class}\" x=\"{x}\" y=\"{}\">{}</text>",
                label.top + (i + 1) * LINE - 3,
                escape(line)
            ),
        );
    }
}

fn stroke(out: &mut String, family: &Family, s: &Stroke, bridges: &[Point]) {
    let (href, title) = s.tie.and_then(|t| family.ties.get(t)).map_or(("", ""), |t| (&t.href, &t.title));
    let straight: Vec<Point> = s.points.first().into_iter().chain(s.points.last()).copied().collect();
    let points = if s.slant { &straight } else { &s.points };
    if s.tie.is_none() {
        line(out, s.kind, points, (s.mark, bridges));
        return;
    }
    link(out, href, title, |out| {
        // A thin line is hard to hit.
        put(out, format_args!("<path class=\"hit\" d=\"{}\"/>", path(points)));
        line(out, s.kind, points, (s.mark, bridges));
    });
}

fn line(out: &mut String, kind: Kind, points: &[Point], (mark, bridges): (Option<Point>, &[Point])) {
    let code = kind.code();
    match kind {
        Kind::Bond(Bond::Conflict | Bond::Violence) => {
            put(out, format_args!("<path class=\"tie {code}\" d=\"{}\"/>", path(&zigzag(points))));
        }
        Kind::Bond(Bond::Close) => {
            put(out, format_args!("<path class=\"tie {code}\" d=\"{}\"/>", path(points)));
            put(out, format_args!("<path class=\"tie inside\" d=\"{}\"/>", path(points)));
        }
        _ => put(out, format_args!("<path class=\"tie {code}\" d=\"{}\"/>", bridged(points, bridges))),
    }
    let strokes = match kind {
        Kind::Couple(Couple::Divorced) => 2,
        Kind::Couple(Couple::Separated) => 1,
        _ => 0,
    };
    if let Some(at) = mark {
        for n in 0..strokes {
            let (x, y) = (at.x + n * 6, at.y);
            put(
                out,
                format_args!("<path class=\"tie slash\" d=\"M{} {}L{} {}\"/>", x - 3, y + 9, x + 5, y - 9),
            );
        }
    }
    if kind.has_direction() {
        arrow(out, points, code);
    }
}

/// An arrow at the end of a line.
pub(crate) fn arrow(out: &mut String, points: &[Point], class: &str) {
    let [.., from, to] = points else { return };
    let (dx, dy) = (f64::from(to.x - from.x), f64::from(to.y - from.y));
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let corner = |side: f64| {
        let (x, y) =
            (f64::from(to.x) - ux * 11.0 - uy * 6.0 * side, f64::from(to.y) - uy * 11.0 + ux * 6.0 * side);
        format!("{x:.1},{y:.1}")
    };
    put(
        out,
        format_args!(
            "<polygon class=\"head {class}\" points=\"{},{} {} {}\"/>",
            to.x,
            to.y,
            corner(1.0),
            corner(-1.0)
        ),
    );
}

pub(crate) fn path(points: &[Point]) -> String {
    let mut d = String::new();
    for (i, p) in points.iter().enumerate() {
        put(&mut d, format_args!("{}{} {}", if i == 0 { 'M' } else { 'L' }, p.x, p.y));
    }
    d
}

/// Half of the width of a bridge.
const BRIDGE: i32 = 5;

/// Where the line of a couple that stands apart passes over the lines to children of others, from the left: without a bridge those
/// would seem to hang from it.
fn bridges(s: &Stroke, all: &[Stroke]) -> Vec<Point> {
    if !matches!(s.kind, Kind::Couple(_)) || s.points.len() < 3 {
        return Vec::new();
    }
    let family = all.iter().filter(|o| !matches!(o.kind, Kind::Bond(_)));
    let upright: Vec<&[Point]> =
        family.flat_map(|o| o.points.windows(2)).filter(|w| w[0].x == w[1].x && w[0].y != w[1].y).collect();
    let mut found = BTreeSet::new();
    for level in s.points.windows(2).filter(|w| w[0].y == w[1].y) {
        let (low, high, y) = (level[0].x.min(level[1].x), level[0].x.max(level[1].x), level[0].y);
        let crosses = |w: &&&[Point]| {
            let (top, bottom) = (w[0].y.min(w[1].y), w[0].y.max(w[1].y));
            low + BRIDGE < w[0].x && w[0].x + BRIDGE < high && top < y && y < bottom
        };
        found.extend(upright.iter().filter(crosses).map(|w| Point { x: w[0].x, y }));
    }
    let mut bridges: Vec<Point> = found.into_iter().collect();
    // Two bridges that would touch are one.
    bridges.dedup_by(|next, before| next.y == before.y && next.x - before.x <= 2 * BRIDGE);
    bridges
}

/// A line with its bridges.
fn bridged(points: &[Point], bridges: &[Point]) -> String {
    let mut d = path(&points[..points.len().min(1)]);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let on = |b: &&Point| {
            from.y == to.y && b.y == from.y && (from.x.min(to.x)..=from.x.max(to.x)).contains(&b.x)
        };
        let mut here: Vec<&Point> = bridges.iter().filter(on).collect();
        let (side, sweep) = if from.x < to.x { (BRIDGE, 1) } else { (-BRIDGE, 0) };
        if sweep == 0 {
            here.reverse();
        }
        for b in here {
            put(
                &mut d,
                format_args!("L{} {y}A{BRIDGE} {BRIDGE} 0 0 {sweep} {} {y}", b.x - side, b.x + side, y = b.y),
            );
        }
        put(&mut d, format_args!("L{} {}", to.x, to.y));
    }
    d
}

/// A line of teeth along another line.
#[expect(clippy::cast_possible_truncation, reason = "drawings are some thousand pixels wide")]
pub(crate) fn zigzag(points: &[Point]) -> Vec<Point> {
    const TOOTH: f64 = 6.0;
    let mut out: Vec<Point> = points.first().copied().into_iter().collect();
    let mut side = 1.0;
    for pair in points.windows(2) {
        let (dx, dy) = (f64::from(pair[1].x - pair[0].x), f64::from(pair[1].y - pair[0].y));
        let length = dx.hypot(dy);
        let teeth = (length / TOOTH).floor() as i32;
        for n in 1..teeth {
            let part = f64::from(n) / f64::from(teeth);
            let (x, y) = (f64::from(pair[0].x) + dx * part, f64::from(pair[0].y) + dy * part);
            out.push(Point {
                x: (x - dy / length * 4.0 * side).round() as i32,
                y: (y + dx / length * 4.0 * side).round() as i32,
            });
            side = -side;
        }
        out.push(pair[1]);
    }
    out
}

/// A closed line with round corners.
fn rounded(points: &[Point], radius: i32) -> String {
    let mut path = String::new();
    let before = points.iter().cycle().skip(points.len().saturating_sub(1));
    let after = points.iter().cycle().skip(1);
    for (nth, ((corner, before), after)) in points.iter().zip(before).zip(after).enumerate() {
        let toward = |to: &Point| {
            let (dx, dy) = (to.x - corner.x, to.y - corner.y);
            // A side runs along one axis, so that this is half of its length.
            let bend = radius.min(i32::midpoint(dx.abs(), dy.abs()));
            (corner.x + dx.signum() * bend, corner.y + dy.signum() * bend)
        };
        let ((ax, ay), (cx, cy)) = (toward(before), toward(after));
        let go = if nth == 0 { 'M' } else { 'L' };
        put(&mut path, format_args!("{go}{ax} {ay}Q{} {} {cx} {cy}", corner.x, corner.y));
    }
    path.push('Z');
    path
}

/// What a legend of this family has to explain: what is drawn, and nothing else.
pub fn used(family: &Family, drawing: &Drawing) -> Vec<Sample> {
    let mut used = BTreeSet::new();
    for p in &family.people {
        used.insert(Sample::Sex(p.sex));
        for (on, sample) in [(p.index, Sample::Index), (p.died, Sample::Died), (p.key, Sample::Key)] {
            if on {
                used.insert(sample);
            }
        }
    }
    if !drawing.home.is_empty() {
        used.insert(Sample::Home);
    }
    if drawing.strokes.iter().any(|s| s.slant) {
        let twins = crate::twins(family);
        used.extend(twins.iter().map(|t| if t.len() == 2 { Sample::Twins } else { Sample::Multiple }));
    }
    used.extend(drawing.strokes.iter().map(|s| Sample::Line(s.kind)));
    used.into_iter().collect()
}

/// A legend: a list with a small drawing before each word.
pub fn legend(samples: &[Sample], died: Died, word: impl Fn(Sample) -> String) -> String {
    let mut out = String::from("<ul class=\"kin-legend\">");
    for sample in samples {
        let sign = sign(*sample, died);
        put(&mut out, format_args!("<li>{sign}<span>{}</span></li>", escape(&word(*sample))));
    }
    out.push_str("</ul>");
    out
}

/// One sign of a legend, as a drawing of its own.
pub fn sign(sample: Sample, died: Died) -> String {
    let mut out = String::from(
        "<svg class=\"kin\" xmlns=\"http://www.w3.org/2000/svg\" width=\"56\" height=\"30\" viewBox=\"0 0 56 30\" aria-hidden=\"true\">",
    );
    small(&mut out, sample, died);
    out.push_str("</svg>");
    out
}

/// How the classes look where there is no style sheet of pages: in a file of their own, on paper. In black, without links.
pub const ON_PAPER: &str = "\
    text{fill:#000;font-family:'BIZ UDPGothic';font-size:14px;text-anchor:middle}\
    .name{font-weight:700}.age{font-size:15px}.range{font-size:12px}.on{fill:#fff}.star{font-size:20px}\
    .shape{fill:#fff;stroke:#000;stroke-width:2}.inner{fill:none}.filled{fill:#000}\
    .cross{fill:none;stroke:#000;stroke-width:1.5}\
    .home{fill:none;stroke:#000;stroke-width:2;stroke-dasharray:7 5}\
    .tie{fill:none;stroke:#000;stroke-width:2}.hit{fill:none;stroke:none}\
    .cohabiting{stroke-dasharray:3 5}.foster{stroke-dasharray:3 5}.weak{stroke-dasharray:3 5}\
    .adoptive{stroke-dasharray:9 4}.step{stroke-width:1.5;stroke-dasharray:9 4 2 4 2 4}.parents{stroke-width:1}\
    .distant{stroke-dasharray:2 8}.close{stroke-width:7}.inside{stroke:#fff;stroke-width:3}\
    .conflict{stroke-width:1.5}.violence{stroke-width:3}.caring{stroke-width:1.5}\
    .guardian{stroke-width:1.5;stroke-dasharray:12 3 3 3}.strong{stroke-width:6}.stressful{stroke-width:1.5}\
    .head{fill:#000;stroke:none}.node{fill:#fff;stroke:#000;stroke-width:1.5}\
    .middle{fill:#fff;stroke:#000;stroke-width:3}";

/// How wide and high a drawing of this crate is.
pub fn size(svg: &str) -> (u32, u32) {
    let number = |name: &str| {
        let (_, after) = svg.split_once(&format!(" {name}=\""))?;
        after.split('"').next()?.parse().ok()
    };
    (number("width").unwrap_or(0), number("height").unwrap_or(0))
}

fn small(out: &mut String, sample: Sample, died: Died) {
    let r = Rect { left: 15, top: 2, right: 41, bottom: 28 };
    let across = [Point { x: 4, y: 15 }, Point { x: 52, y: 15 }];
    let person = |sex| Person { sex, ..Person::default() };
    let shown = |out: &mut String, p: &Person| symbol(out, p, r, r, died);
    match sample {
        Sample::Sex(sex) => shown(out, &person(sex)),
        Sample::Index => {
            form(out, Sex::Male, r, "shape");
            form(out, Sex::Male, Rect { left: 19, top: 6, right: 37, bottom: 24 }, "shape inner");
        }
        Sample::Died => {
            let filled = died == Died::Fill;
            form(out, Sex::Male, r, if filled { "shape filled" } else { "shape" });
            if !filled {
                out.push_str("<path class=\"cross\" d=\"M15 2L41 28M41 2L15 28\"/>");
            }
        }
        Sample::Key => out.push_str("<text class=\"star\" x=\"20\" y=\"22\">★</text>"),
        Sample::Home => {
            out.push_str("<rect class=\"home\" x=\"4\" y=\"3\" width=\"48\" height=\"24\" rx=\"8\"/>");
        }
        Sample::Twins | Sample::Multiple => {
            let feet: &[i32] = if sample == Sample::Twins { &[10, 46] } else { &[8, 28, 48] };
            for x in feet {
                let from = Point { x: 28, y: 4 };
                line(out, Kind::Descent(Descent::Birth), &[from, Point { x: *x, y: 27 }], (None, &[]));
            }
        }
        Sample::Line(kind) => line(out, kind, &across, (Some(Point { x: 12, y: 15 }), &[])),
        Sample::Tie(strength) => crate::ecomap::line(out, strength, &across),
        Sample::Arrow => {
            crate::ecomap::line(out, crate::ecomap::Strength::Plain, &across);
            arrow(out, &across, "plain");
        }
    }
}
