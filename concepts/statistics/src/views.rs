//! Figures put together: counted, protected, and only then given words. Page, chart, links and files take the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use engine::{Broken, Look};
use register::DeskInfo;
use site::T;
use words::calendar::{OpeningDays, is_business_day};
use words::code::Code;
use words::id::DeskId;
use words::{Day, Instant, codes};

use crate::period::Period;
use crate::rules::{Counted, Figure, Protected, alone, protect, quantile};
use crate::sql::{self, Passed};

codes! {
    /// What flows.
    pub enum What {
        /// つなぎ.
        Referral = "referral",
        /// つなぐシート.
        Sheet = "sheet",
        /// 相談: from the window to what was decided.
        Consultation = "consultation",
    }

    /// How desks are put together.
    pub enum By {
        /// By field of the agency.
        Field = "field",
        /// By programme of the desk.
        Programme = "programme",
        /// Each desk by itself.
        Desk = "desk",
    }

    /// What became of a referral, as columns of a table.
    pub enum Became {
        /// Waiting for its answer, in time.
        Waiting = "waiting",
        /// Waiting beyond the day the answer was due.
        Unanswered = "unanswered",
        /// 受け入れて対応中.
        Working = "working",
        /// 完了.
        Completed = "completed",
        /// 不調.
        Failed = "failed",
        /// 受入不可.
        Refused = "refused",
        /// 本人辞退.
        Declined = "declined",
        /// 取下げ.
        Withdrawn = "withdrawn",
    }
}

/// Codes of the splits, in the order in which they are counted; what is not among them counts as the last.
const REASONS: &[&str] = &["no_capacity", "out_of_scope", "other_place", "needs_more", "other"];
const RESULTS: &[&str] = &["supported", "connected", "settled", "watching"];
const BASES: &[&str] = &["consent", "lawful_provision", "none"];
const SHEET_STATES: &[&str] = &["sent", "taken", "answered"];
const CONSULTATION_STATES: &[&str] = &["open", "answered", "became_case", "passed_on"];

/// A row or column of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// Field, programme or desk, as a code.
    pub code: String,
    /// Its words.
    pub name: String,
}

/// Days until something, for one column: median and the day by which nine of ten had it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Days {
    pub median: Option<i64>,
    pub most: Option<i64>,
}

/// The figures of a page.
pub(crate) struct Flow {
    pub what: What,
    pub by: By,
    pub period: Period,
    pub threshold: u64,
    pub rows: Vec<Group>,
    pub columns: Vec<Group>,
    /// Key prefix and codes of the outcomes.
    pub outcome_list: &'static str,
    pub outcome_codes: Vec<String>,
    pub figures: Protected,
    /// For referrals: days until receipt and until the answer, for each column and for all.
    pub receipt: Vec<Days>,
    pub answer: Vec<Days>,
    pub receipt_all: Days,
    pub answer_all: Days,
    /// Key prefix, codes and figures of each split and view.
    pub parts: Vec<Part>,
    /// Single counts.
    pub counters: Vec<(&'static str, Figure)>,
}

/// A figure split further.
pub(crate) struct Part {
    /// Key of its heading.
    pub heading: &'static str,
    /// Words and figures.
    pub lines: Vec<(String, Figure)>,
}

/// Loads, counts and protects. Seven statements, whatever the number of rows.
pub(crate) async fn flow(look: &mut Look, t: &T, what: What, by: By, period: Period) -> Result<Flow, Broken> {
    let (m, now) = (look.viewer().municipality, look.now());
    let mut conn = look.conn();
    let settings = register::settings(&mut conn, m).await?;
    let threshold = u64::try_from(settings.small_cell).unwrap_or(0);
    let mut passed = Vec::new();
    let mut tallies = Vec::new();
    match what {
        What::Referral => passed = sql::referrals(&mut conn, m, period).await?,
        What::Sheet => tallies = sql::sheets(&mut conn, m, period).await?,
        What::Consultation => tallies = sql::consultations(&mut conn, m, period).await?,
    }
    let counters = sql::counters(&mut conn, m, period).await?;
    let ids: BTreeSet<DeskId> = passed
        .iter()
        .flat_map(|p| [p.from, p.to])
        .chain(tallies.iter().flat_map(|t| [t.from, t.to]))
        .collect();
    let desks = register::desks_by_id(&mut conn, m, ids, now.day()).await?;
    let desks: HashMap<DeskId, DeskInfo> = desks.into_iter().map(|d| (d.id, d)).collect();
    let grouping = Grouping { t, by, desks: &desks };
    let mut counting = Counting::new(what, &grouping, t);
    counting.referrals(&passed, now);
    counting.tallies(&tallies);
    let mut flow = counting.flow(t, by, period, threshold);
    days(&mut flow, &passed, &grouping, now);
    flow.counters = counters.into_iter().map(|(name, n)| (name, alone(n, threshold))).collect();
    Ok(flow)
}

struct Grouping<'a> {
    t: &'a T,
    by: By,
    desks: &'a HashMap<DeskId, DeskInfo>,
}

impl Grouping<'_> {
    fn of(&self, desk: DeskId) -> Group {
        let Some(info) = self.desks.get(&desk) else {
            return Group { code: desk.to_string(), name: String::new() };
        };
        match self.by {
            By::Field => Group { code: info.field.clone(), name: self.t.code("field", &info.field) },
            By::Programme => {
                Group { code: info.programme.clone(), name: self.t.code("programme", &info.programme) }
            }
            By::Desk => Group { code: desk.to_string(), name: info.name.clone() },
        }
    }
}

/// Rows and columns as they turn up, then sorted: the largest first.
struct Counting<'a> {
    what: What,
    grouping: &'a Grouping<'a>,
    codes: Vec<String>,
    cells: BTreeMap<(String, String), u64>,
    outcomes: BTreeMap<(String, usize), u64>,
    names: BTreeMap<String, String>,
    reasons: Vec<u64>,
    results: Vec<u64>,
    views: Vec<u64>,
}

fn add(list: &mut [u64], codes: &[&str], code: &str, n: u64) {
    let at = codes.iter().position(|c| *c == code).unwrap_or(codes.len() - 1);
    if let Some(place) = list.get_mut(at) {
        *place += n;
    }
}

impl<'a> Counting<'a> {
    fn new(what: What, grouping: &'a Grouping<'a>, t: &T) -> Self {
        let codes: Vec<String> = match what {
            What::Referral => Became::ALL.iter().map(ToString::to_string).collect(),
            What::Sheet => SHEET_STATES.iter().map(ToString::to_string).collect(),
            What::Consultation => Vec::new(),
        };
        let mut names = BTreeMap::new();
        if what == What::Consultation {
            names.extend(
                CONSULTATION_STATES.iter().map(|s| ((*s).to_owned(), t.code("consultation_state", s))),
            );
        }
        Self {
            what,
            grouping,
            codes,
            cells: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            names,
            reasons: vec![0; REASONS.len()],
            results: vec![0; RESULTS.len()],
            views: if what == What::Referral { vec![0; BASES.len()] } else { Vec::new() },
        }
    }

    fn group(&mut self, desk: DeskId) -> String {
        let group = self.grouping.of(desk);
        self.names.entry(group.code.clone()).or_insert(group.name);
        group.code
    }

    fn referrals(&mut self, passed: &[Passed], now: Instant) {
        for p in passed {
            let (row, column) = (self.group(p.from), self.group(p.to));
            let became = became(&p.state, p.answer_due, now);
            *self.cells.entry((row, column.clone())).or_default() += 1;
            *self.outcomes.entry((column, became as usize)).or_default() += 1;
            match became {
                Became::Refused => add(&mut self.reasons, REASONS, &p.reason, 1),
                Became::Completed => add(&mut self.results, RESULTS, &p.outcome, 1),
                _ => {}
            }
            add(&mut self.views, BASES, &p.basis, 1);
        }
    }

    fn tallies(&mut self, tallies: &[sql::Tally]) {
        for tally in tallies {
            let row = self.group(tally.from);
            if self.what == What::Consultation {
                *self.cells.entry((row, tally.state.clone())).or_default() += tally.count;
                continue;
            }
            let column = self.group(tally.to);
            let at = SHEET_STATES.iter().position(|s| *s == tally.state).unwrap_or(0);
            *self.cells.entry((row, column.clone())).or_default() += tally.count;
            *self.outcomes.entry((column, at)).or_default() += tally.count;
        }
    }

    /// The codes of rows or columns, those with most first; of equals, by name.
    fn order(&self, of: impl Fn(&(String, String)) -> &String) -> Vec<Group> {
        let mut sums: BTreeMap<&String, u64> = BTreeMap::new();
        for (key, n) in &self.cells {
            *sums.entry(of(key)).or_default() += n;
        }
        let mut order: Vec<(&String, u64)> = sums.into_iter().collect();
        let name = |code: &String| self.names.get(code).cloned().unwrap_or_default();
        order.sort_by_key(|(code, n)| (std::cmp::Reverse(*n), name(code)));
        order.into_iter().map(|(code, _)| Group { code: code.clone(), name: name(code) }).collect()
    }

    fn flow(self, t: &T, by: By, period: Period, threshold: u64) -> Flow {
        // What was decided keeps its order; desks come with the largest first. Order by size says which of two hidden sums is
        // the larger, and no more.
        let rows = self.order(|(row, _)| row);
        let columns = if self.what == What::Consultation {
            let group = |s: &&str| Group { code: (*s).to_owned(), name: t.code("consultation_state", s) };
            CONSULTATION_STATES.iter().map(group).collect()
        } else {
            self.order(|(_, column)| column)
        };
        let cell =
            |r: &Group, c: &Group| self.cells.get(&(r.code.clone(), c.code.clone())).copied().unwrap_or(0);
        let outcome = |c: &Group, o: usize| self.outcomes.get(&(c.code.clone(), o)).copied().unwrap_or(0);
        let counted = Counted {
            cells: rows.iter().map(|r| columns.iter().map(|c| cell(r, c)).collect()).collect(),
            outcomes: if self.codes.is_empty() {
                Vec::new()
            } else {
                columns.iter().map(|c| (0..self.codes.len()).map(|o| outcome(c, o)).collect()).collect()
            },
            splits: if self.what == What::Referral {
                vec![
                    (Became::Refused as usize, self.reasons.clone()),
                    (Became::Completed as usize, self.results.clone()),
                ]
            } else {
                Vec::new()
            },
            views: self.views.clone(),
        };
        let figures = protect(&counted, threshold);
        let lines = |list: &str, codes: &[&str], figures: &[Figure]| {
            codes.iter().zip(figures).map(|(c, f)| (t.code(list, c), *f)).collect::<Vec<_>>()
        };
        let parts = match figures.splits.as_slice() {
            [reasons, results] => vec![
                Part { heading: "flow.reasons", lines: lines("referral_reason", REASONS, reasons) },
                Part { heading: "flow.results", lines: lines("flow_result", RESULTS, results) },
                Part { heading: "flow.bases", lines: lines("flow_basis", BASES, &figures.views) },
            ],
            _ => Vec::new(),
        };
        Flow {
            what: self.what,
            by,
            period,
            threshold,
            outcome_list: if self.what == What::Sheet { "sheet_state" } else { "flow_became" },
            outcome_codes: self.codes,
            receipt: vec![Days::default(); columns.len()],
            answer: vec![Days::default(); columns.len()],
            receipt_all: Days::default(),
            answer_all: Days::default(),
            counters: Vec::new(),
            rows,
            columns,
            figures,
            parts,
        }
    }
}

fn became(state: &str, answer_due: Option<Instant>, now: Instant) -> Became {
    match state {
        "sent" if answer_due.is_some_and(|due| due < now) => Became::Unanswered,
        "sent" => Became::Waiting,
        "completed" => Became::Completed,
        "failed" => Became::Failed,
        "refused" => Became::Refused,
        "declined_by_person" => Became::Declined,
        "withdrawn" => Became::Withdrawn,
        _ => Became::Working,
    }
}

/// Business days between days, counted once for each way of being open.
struct BusinessDays {
    first: Day,
    last: Day,
    upto: Vec<i64>,
}

impl BusinessDays {
    fn new(opening: &OpeningDays, first: Day, last: Day) -> Self {
        let mut sum = 0;
        let upto = (0..=first.days_until(last))
            .map(|n| {
                sum += i64::from(is_business_day(opening, first.plus_days(n)));
                sum
            })
            .collect();
        Self { first, last, upto }
    }

    fn between(&self, from: Day, to: Day) -> i64 {
        let at = |day: Day| {
            let n = self.first.days_until(day.clamp(self.first, self.last));
            usize::try_from(n).ok().and_then(|n| self.upto.get(n)).copied().unwrap_or(0)
        };
        (at(to) - at(from)).max(0)
    }
}

/// Days until receipt and answer, in business days of the desk that received. Shown only where the column's own sum is shown: a
/// median would say that a hidden sum is not small.
fn days(flow: &mut Flow, passed: &[Passed], grouping: &Grouping<'_>, now: Instant) {
    if flow.what != What::Referral {
        return;
    }
    let mut calendars: Vec<(OpeningDays, BusinessDays)> = Vec::new();
    let mut receipt: Vec<Vec<i64>> = vec![Vec::new(); flow.columns.len()];
    let mut answer = receipt.clone();
    let at: HashMap<&str, usize> =
        flow.columns.iter().enumerate().map(|(n, g)| (g.code.as_str(), n)).collect();
    let standard = OpeningDays::default();
    let last = now.day().max(flow.period.last);
    for p in passed {
        let Some(column) = at.get(grouping.of(p.to).code.as_str()).copied() else { continue };
        let opening = grouping.desks.get(&p.to).map_or(&standard, |d| &d.opening);
        let known = calendars.iter().position(|(o, _)| o == opening).unwrap_or_else(|| {
            calendars.push((opening.clone(), BusinessDays::new(opening, flow.period.first, last)));
            calendars.len() - 1
        });
        let calendar = &calendars[known].1;
        receipt[column].extend(p.received.map(|on| calendar.between(p.sent, on)));
        answer[column].extend(p.answered.map(|on| calendar.between(p.sent, on)));
    }
    let threshold = flow.threshold;
    let of = |list: &mut Vec<i64>, sum: Figure| {
        list.sort_unstable();
        if sum.shown().is_none() {
            return Days::default();
        }
        Days { median: quantile(list, 50, threshold), most: quantile(list, 90, threshold) }
    };
    let mut all = (receipt.concat(), answer.concat());
    flow.receipt_all = of(&mut all.0, flow.figures.total);
    flow.answer_all = of(&mut all.1, flow.figures.total);
    let sums = flow.figures.columns.clone();
    flow.receipt = receipt.iter_mut().zip(&sums).map(|(l, s)| of(l, *s)).collect();
    flow.answer = answer.iter_mut().zip(&sums).map(|(l, s)| of(l, *s)).collect();
}
