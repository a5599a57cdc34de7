//! Figures per section: how many were asked of it, how many days it took, what is overdue, and why it refused. Counts of
//! desks, states and dates only; small figures are hidden together with what would give them away (disclosure rule 11).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use register::DeskInfo;
use site::{Answer, Choice, Form, Frame, Need, Req};
use statistics::{Counted, Figure, Period, Protected, protect, quantile};
use words::Instant;
use words::calendar::OpeningDays;
use words::code::Code;
use words::id::DeskId;

use crate::rules::{Reason, State, Step, days_open};
use crate::sql::{self, Counted as Row};

words::codes! {
    /// What became of an inquiry, as columns of the table.
    pub enum Became {
        /// Waiting, in time.
        Waiting = "waiting",
        /// Waiting beyond the day it was due.
        Overdue = "overdue",
        /// 一部回答.
        PartlyAnswered = "partly_answered",
        /// 回答.
        Answered = "answered",
        /// 回答できない.
        Refused = "refused",
        /// 支援会議に上げた.
        Raised = "raised",
        /// 取下げ.
        Withdrawn = "withdrawn",
    }
}

fn became(row: &Row, now: Instant) -> Became {
    match row.state {
        State::Sent | State::PartlyAnswered if row.due_at < now => Became::Overdue,
        State::Sent => Became::Waiting,
        State::PartlyAnswered => Became::PartlyAnswered,
        State::Answered => Became::Answered,
        State::Refused => Became::Refused,
        State::Raised => Became::Raised,
        State::Withdrawn | State::EnteredInError => Became::Withdrawn,
    }
}

struct Cell {
    words: String,
    zero: bool,
}

struct Section {
    name: String,
    sum: Cell,
    outcomes: Vec<Cell>,
    days: String,
}

struct Shown {
    period: String,
    any_hidden: bool,
    hidden_note: String,
    total: Cell,
    days: String,
    outcomes: Vec<String>,
    sums: Vec<Cell>,
    sections: Vec<Section>,
    refusals: Vec<(String, Cell)>,
}

#[derive(Template)]
#[template(path = "inquiry_figures.html")]
struct FiguresPage {
    frame: Frame,
    form: Form,
    bys: Vec<Choice>,
    shown: Option<Shown>,
}

/// GET /flow/inquiries?by=desk|field&since=&until=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut form = req.query_form();
    let (from, to) = (form.day("since", Need::Optional), form.day("until", Need::Optional));
    let by_desk = form.value("by") == "desk";
    let period = statistics::period(from, to, ctx.now.day());
    if let Err((field, key)) = period {
        form.problem(field, key);
    }
    let mut look = ctx.look(Channel::Count).await?;
    look.figures()?;
    let m = ctx.viewer.municipality;
    let mut shown = None;
    if let (Ok(period), false) = (period, form.has_problems()) {
        let rows = sql::counted(&mut look.conn(), m, (period.begin(), period.end())).await?;
        let desks =
            register::desks_by_id(&mut look.conn(), m, rows.iter().map(|r| r.to), ctx.now.day()).await?;
        let small = register::settings(&mut look.conn(), m).await?.small_cell;
        let threshold = u64::try_from(small).unwrap_or(0);
        shown = Some(put_together(&frame, &rows, &desks, by_desk, period, threshold));
        let day = words::wareki::show_wareki_short;
        let by = if by_desk { "desk" } else { "field" };
        form = Form::filled(vec![
            ("since", day(period.first)),
            ("until", day(period.last)),
            ("by", by.to_owned()),
        ]);
    }
    let bys = ["field", "desk"].map(|by| Choice::new(&form, "by", by, frame.t.code("flow_by", by)));
    let wrong = form.has_problems();
    let page = FiguresPage { bys: bys.into(), shown, frame, form };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

fn put_together(
    frame: &Frame,
    rows: &[Row],
    desks: &[DeskInfo],
    by_desk: bool,
    period: Period,
    threshold: u64,
) -> Shown {
    let t = &frame.t;
    let desks: HashMap<DeskId, &DeskInfo> = desks.iter().map(|d| (d.id, d)).collect();
    let section = |r: &Row| match desks.get(&r.to) {
        Some(d) if by_desk => d.name.clone(),
        Some(d) => t.code("field", &d.field),
        None => String::new(),
    };
    let mut by_section: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_section.entry(section(row)).or_default().push(row);
    }
    let mut sections: Vec<(String, Vec<&Row>)> = by_section.into_iter().collect();
    sections.sort_by_key(|(name, rows)| (std::cmp::Reverse(rows.len()), name.clone()));
    let count = |rows: &[&Row], what: Became| {
        u64::try_from(rows.iter().filter(|r| became(r, frame.now) == what).count()).unwrap_or(0)
    };
    let outcomes: Vec<Vec<u64>> =
        sections.iter().map(|(_, rows)| Became::ALL.iter().map(|b| count(rows, *b)).collect()).collect();
    let reasons = Step::Refuse.reasons();
    let refused = |reason: &Reason| {
        let of = |r: &&Row| r.state == State::Refused && r.reason == reason.code();
        u64::try_from(rows.iter().filter(of).count()).unwrap_or(0)
    };
    let counted = Counted {
        cells: vec![outcomes.iter().map(|o| o.iter().sum()).collect()],
        splits: vec![(Became::Refused as usize, reasons.iter().map(refused).collect())],
        outcomes,
        views: Vec::new(),
    };
    let figures = protect(&counted, threshold);
    let of_rows = |rows: &[&Row], sum: Figure| days(frame, rows, &desks, sum, threshold);
    let all: Vec<&Row> = rows.iter().collect();
    Shown {
        period: format!("{} – {}", t.full_day(period.first), t.full_day(period.last)),
        any_hidden: hidden(&figures),
        hidden_note: t.f("flow.hidden_note", "n", threshold),
        total: cell(frame, figures.total),
        days: of_rows(&all, figures.total),
        outcomes: Became::ALL.iter().map(|b| t.code("inquiry_became", b)).collect(),
        sums: figures.outcome_totals.iter().map(|f| cell(frame, *f)).collect(),
        refusals: reasons
            .iter()
            .zip(figures.splits.first().into_iter().flatten())
            .map(|(reason, f)| (t.code("inquiry_reason", reason), cell(frame, *f)))
            .collect(),
        sections: sections
            .iter()
            .zip(figures.columns.iter().zip(&figures.outcomes))
            .map(|((name, rows), (sum, outcomes))| Section {
                name: name.clone(),
                days: of_rows(rows, *sum),
                sum: cell(frame, *sum),
                outcomes: outcomes.iter().map(|f| cell(frame, *f)).collect(),
            })
            .collect(),
    }
}

fn hidden(p: &Protected) -> bool {
    let figures = p.columns.iter().chain(&p.outcome_totals).chain([&p.total]);
    figures.chain(p.outcomes.iter().flatten()).chain(p.splits.iter().flatten()).any(|f| f.shown().is_none())
}

fn cell(frame: &Frame, figure: Figure) -> Cell {
    Cell {
        words: figure.shown().map_or_else(|| frame.t.s("flow.hidden").to_owned(), |n| n.to_string()),
        zero: figure.shown() == Some(0),
    }
}

/// Business days until the first answer or refusal: the median, and the day by which nine of ten had it.
fn days(
    frame: &Frame,
    rows: &[&Row],
    desks: &HashMap<DeskId, &DeskInfo>,
    sum: Figure,
    threshold: u64,
) -> String {
    let standard = OpeningDays::default();
    let mut list: Vec<i64> = rows
        .iter()
        .filter_map(|r| {
            let opening = desks.get(&r.to).map_or(&standard, |d| &d.opening);
            r.answered_at.map(|at| days_open(r.sent_at, at, opening))
        })
        .collect();
    list.sort_unstable();
    let of = |percent| quantile(&list, percent, threshold).filter(|_| sum.shown().is_some());
    match (of(50), of(90)) {
        (Some(median), Some(most)) => {
            frame.t.fs("inquiry.figures_days", &[("median", median.to_string()), ("most", most.to_string())])
        }
        _ => frame.t.s("flow.hidden").to_owned(),
    }
}
