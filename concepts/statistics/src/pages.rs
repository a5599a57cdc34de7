//! The page of the flow, and its files.

use std::sync::Arc;

use access::Role;
use askama::Template;
use engine::{Broken, Channel, Fail};
use site::{Access, Answer, Form, Frame, Need, Page, Req, link};
use words::Day;
use words::calendar::fiscal_year;
use words::code::Code;

use crate::export::{self, Format, TableName};
use crate::period::{Period, period};
use crate::rules::Figure;
use crate::views::{self, By, Days, Flow, What};

/// Figures: leads and coordinators steer by them, analysts see nothing else (domain section 5).
const WHO: Access = Access::Role(&[Role::AgencyLead, Role::Coordinator, Role::Analyst]);
/// Bars of the chart.
const BARS: usize = 20;

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![Page::get("/flow", WHO, show), Page::get("/flow/export", WHO, file)]
}

/// A choice of the filter.
struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

/// A cell of the table: words, and the way behind it for whoever works with referrals.
struct CellView {
    words: String,
    zero: bool,
    href: Option<String>,
}

struct RowView {
    name: String,
    cells: Vec<CellView>,
    sum: CellView,
}

struct DeskView {
    name: String,
    sum: CellView,
    outcomes: Vec<CellView>,
    /// Until receipt, and until the answer.
    days: [DaysWords; 2],
}

/// A bar of the chart: so much of the longest.
struct Bar {
    name: String,
    value: u64,
    of: u64,
    label: String,
}

/// Business days: those in the middle, and those until which nine of ten were done.
type DaysWords = (String, String);

struct PartView {
    heading: String,
    lines: Vec<(String, CellView)>,
}

#[derive(Template)]
#[template(path = "flow_page.html")]
struct FlowPage {
    frame: Frame,
    form: Form,
    whats: Vec<Choice>,
    bys: Vec<Choice>,
    quick: Vec<(String, String)>,
    /// Nothing beyond the form, when the period cannot be read.
    shown: Option<Shown>,
}

struct Shown {
    what: What,
    period: String,
    columns: Vec<String>,
    rows: Vec<RowView>,
    sums: Vec<CellView>,
    total: CellView,
    outcomes: Vec<String>,
    desks: Vec<DeskView>,
    outcome_sums: Vec<CellView>,
    days_all: [DaysWords; 2],
    parts: Vec<PartView>,
    counters: Vec<(String, CellView)>,
    bars: Vec<Bar>,
    more_bars: bool,
    hidden_note: String,
    any_hidden: bool,
    links: bool,
    files: Vec<(String, Vec<(String, String)>)>,
}

/// What the address asks for.
struct Asked {
    what: What,
    by: By,
    period: Result<Period, ()>,
    form: Form,
}

fn asked(req: &Req) -> Asked {
    let mut form = req.query_form();
    let what = req.query().get("what").and_then(What::parse).unwrap_or(What::Referral);
    let by = req.query().get("by").and_then(By::parse).unwrap_or(By::Field);
    let (from, to) = (form.day("since", Need::Optional), form.day("until", Need::Optional));
    let read = match period(from, to, req.now().day()) {
        Ok(period) if !form.has_problems() => Ok(period),
        Ok(_) => Err(()),
        Err((field, key)) => {
            form.problem(field, key);
            Err(())
        }
    };
    Asked { what, by, period: read, form }
}

fn address(path: &str, what: What, by: By, period: Period) -> String {
    format!("{path}?what={what}&by={by}&since={}&until={}", period.first, period.last)
}

/// `GET /flow`
async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let asked = asked(&req);
    let mut look = ctx.look(Channel::Count).await?;
    look.figures()?;
    let links = ctx.viewer.has_role(&[Role::AgencyLead, Role::Coordinator]);
    let shown = match asked.period {
        Ok(period) => {
            let flow = views::flow(&mut look, &frame.t, asked.what, asked.by, period).await?;
            Some(shown(&frame, &flow, links))
        }
        Err(()) => None,
    };
    let t = &frame.t;
    let today = req.now().day();
    let year = fiscal_year(today);
    let quick = [
        ("flow.this_year", Period::of_fiscal_year(year, today)),
        ("flow.last_year", Period::of_fiscal_year(year - 1, today)),
        ("flow.three_months", Period::last_months(3, today)),
        ("flow.this_month", Period::last_months(1, today)),
    ];
    let quick = quick
        .into_iter()
        .filter_map(|(key, p)| Some((address(link::FLOW, asked.what, asked.by, p?), t.s(key).to_owned())))
        .collect();
    let wrong = asked.form.has_problems();
    let mut form = asked.form;
    if let (Ok(period), false) = (asked.period, wrong) {
        // The months that were counted, not the days that were typed.
        let show = words::wareki::show_wareki_short;
        form = Form::filled(vec![("since", show(period.first)), ("until", show(period.last))]);
    }
    let page = FlowPage {
        whats: What::ALL
            .iter()
            .map(|w| Choice { value: w.to_string(), word: t.code("flow_what", w), chosen: *w == asked.what })
            .collect(),
        bys: By::ALL
            .iter()
            .map(|b| Choice { value: b.to_string(), word: t.code("flow_by", b), chosen: *b == asked.by })
            .collect(),
        quick,
        shown,
        form,
        frame,
    };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

fn cell(frame: &Frame, figure: Figure, href: Option<String>) -> CellView {
    CellView {
        words: figure.shown().map_or_else(|| frame.t.s("flow.hidden").to_owned(), |n| n.to_string()),
        zero: figure.shown() == Some(0),
        href: href.filter(|_| figure.shown() != Some(0)),
    }
}

fn days_words(frame: &Frame, days: Days) -> DaysWords {
    match (days.median, days.most) {
        (Some(median), Some(most)) => {
            (frame.t.f("flow.days", "n", median), frame.t.f("flow.days_most", "n", most))
        }
        _ => (frame.t.s("flow.hidden").to_owned(), String::new()),
    }
}

fn shown(frame: &Frame, flow: &Flow, links: bool) -> Shown {
    let t = &frame.t;
    let p = &flow.figures;
    let linked = links && flow.what == What::Referral && flow.by != By::Programme;
    let href = |row: &str, column: &str| {
        linked.then(|| {
            let by = flow.by;
            let (first, last) = (flow.period.first, flow.period.last);
            format!("{}?by={by}&row={row}&column={column}&since={first}&until={last}", link::FLOW_LIST)
        })
    };
    let rows = flow
        .rows
        .iter()
        .enumerate()
        .map(|(r, row)| RowView {
            name: row.name.clone(),
            cells: flow
                .columns
                .iter()
                .enumerate()
                .map(|(c, column)| cell(frame, p.cells[r][c], href(&row.code, &column.code)))
                .collect(),
            sum: cell(frame, p.rows[r], None),
        })
        .collect();
    let plain = |figures: &[Figure]| figures.iter().map(|f| cell(frame, *f, None)).collect::<Vec<_>>();
    let none: Vec<Figure> = Vec::new();
    let desks = if flow.outcome_codes.is_empty() {
        Vec::new()
    } else {
        (0..flow.columns.len())
            .map(|c| DeskView {
                name: flow.columns[c].name.clone(),
                sum: cell(frame, p.columns[c], None),
                outcomes: plain(p.outcomes.get(c).unwrap_or(&none)),
                days: [flow.receipt[c], flow.answer[c]].map(|d| days_words(frame, d)),
            })
            .collect()
    };
    let split = flow.parts.iter().flat_map(|part| part.lines.iter().map(|(_, f)| f));
    let counted = p.outcomes.iter().flatten().chain(&p.outcome_totals).chain(split);
    let any_hidden = p
        .cells
        .iter()
        .flatten()
        .chain(&p.rows)
        .chain(&p.columns)
        .chain(counted)
        .chain(flow.counters.iter().map(|(_, f)| f))
        .any(|f| f.shown().is_none());
    let base = |table: TableName, format: Format| {
        let at = address("/flow/export", flow.what, flow.by, flow.period);
        format!("{at}&table={table}&as={format}")
    };
    let files = TableName::ALL
        .iter()
        .filter(|n| **n != TableName::Desks || !flow.outcome_codes.is_empty())
        .map(|n| {
            let of = |f: &Format| (base(*n, *f), t.code("flow_format", f));
            (t.code("flow_table", n), Format::ALL.iter().map(of).collect())
        })
        .collect();
    Shown {
        what: flow.what,
        period: t.fs(
            "flow.period",
            &[("first", frame.day(&flow.period.first)), ("last", frame.day(&flow.period.last))],
        ),
        columns: flow.columns.iter().map(|c| c.name.clone()).collect(),
        rows,
        sums: plain(&p.columns),
        total: cell(frame, p.total, None),
        outcomes: flow.outcome_codes.iter().map(|o| t.code(flow.outcome_list, o)).collect(),
        desks,
        outcome_sums: plain(&p.outcome_totals),
        days_all: [flow.receipt_all, flow.answer_all].map(|d| days_words(frame, d)),
        parts: flow
            .parts
            .iter()
            .map(|part| PartView {
                heading: t.s(part.heading).to_owned(),
                lines: part.lines.iter().map(|(w, f)| (w.clone(), cell(frame, *f, None))).collect(),
            })
            .collect(),
        counters: flow
            .counters
            .iter()
            .map(|(name, f)| (t.code("flow_counter", name), cell(frame, *f, None)))
            .collect(),
        more_bars: flow.columns.len() > BARS,
        hidden_note: t.f("flow.hidden_note", "n", flow.threshold),
        any_hidden,
        links: linked,
        bars: bars(flow, t),
        files,
    }
}

/// The chart: one bar for each column's sum. What is hidden has its sign and no bar.
fn bars(flow: &Flow, t: &site::T) -> Vec<Bar> {
    let columns = flow.columns.iter().zip(&flow.figures.columns).take(BARS);
    let of = columns.clone().filter_map(|(_, f)| f.shown()).max().unwrap_or(0).max(1);
    columns
        .map(|(group, figure)| Bar {
            name: group.name.clone(),
            value: figure.shown().unwrap_or(0),
            of,
            label: figure
                .shown()
                .map_or_else(|| t.s("flow.hidden").to_owned(), |v| t.f("flow.cases", "n", v)),
        })
        .collect()
}

#[derive(Template)]
#[template(path = "flow_unwritten.html")]
struct UnwrittenPage {
    frame: Frame,
    characters: Vec<(String, String, usize, usize)>,
    more: usize,
    anyway: String,
    other: String,
    back: String,
}

/// `GET /flow/export`: a table as a file. Figures are few, whatever the number of referrals: the file is made at once, and
/// nothing has to be waited for.
async fn file(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let asked = asked(&req);
    let Ok(period) = asked.period else { return Err(Fail::NotVisible) };
    let format = req.query().get("as").and_then(Format::parse).ok_or(Fail::NotVisible)?;
    let table = req.query().get("table").and_then(TableName::parse).ok_or(Fail::NotVisible)?;
    let mut look = ctx.look(Channel::Export).await?;
    look.figures()?;
    let flow = views::flow(&mut look, &frame.t, asked.what, asked.by, period).await?;
    let receipt = look.close().await?;
    let t = &frame.t;
    let rows = export::table(&flow, table, t);
    let name = t.code("flow_table", table);
    let written = export::file(&rows, format, &name).map_err(|e| Broken::Outside(format!("export: {e}")))?;
    if !written.unwritten.is_empty() && !asked.form.ticked("anyway") {
        const MOST: usize = 50;
        let here = format!("{}&table={table}", address("/flow/export", asked.what, asked.by, period));
        let page = UnwrittenPage {
            more: written.unwritten.len().saturating_sub(MOST),
            characters: written
                .unwritten
                .iter()
                .take(MOST)
                .map(|u| (u.character.to_string(), instead(u.instead), u.line, u.position))
                .collect(),
            anyway: format!("{here}&as={format}&anyway=1"),
            other: format!("{here}&as=csv"),
            back: address(link::FLOW, asked.what, asked.by, period),
            frame,
        };
        return Answer::page(page.render(), receipt);
    }
    let name = format!("{}_{}_{}.{}", t.code("flow_what", asked.what), name, span(period), written.ending);
    Ok(Answer::file(&name, written.media_type, written.bytes, receipt))
}

fn instead(character: Option<char>) -> String {
    character.map_or_else(String::new, |c| c.to_string())
}

fn span(period: Period) -> String {
    let month = |d: Day| format!("{:04}{:02}", d.year(), d.month());
    format!("{}-{}", month(period.first), month(period.last))
}
