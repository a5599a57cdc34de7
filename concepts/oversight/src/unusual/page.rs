//! ふだんと違う見方: findings of some days, and what somebody came to.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use access::{Action, RecordKind, RecordRef, Relation};
use askama::Template;
use engine::{Begun, Channel, Fail, Receipt};
use site::{Answer, Choice, Fields, Form, Frame, Need, Req};
use words::code::Code;
use words::id::{CommandId, DeskId, ThingId, UserId};
use words::{Day, Instant};

use super::rules::{self, Finding, Outcome, Pattern, Thresholds};
use super::sql::{self, Reviewed};

/// Days looked through unless others are asked for.
const DAYS: i64 = 7;
/// Days looked through at most.
const MOST_DAYS: i64 = 31;
/// Characters of a review.
const WORDS: usize = 500;

struct Row {
    pattern: String,
    sentence: String,
    who: String,
    day: String,
    key: [String; 4],
    login: String,
    from: String,
    until: String,
    reviewed: Option<String>,
    /// What was sent about it is not complete yet: it stands in its form.
    mine: bool,
    words: String,
    more: bool,
    command: CommandId,
}

#[derive(Template)]
#[template(path = "oversight_unusual.html")]
struct UnusualPage {
    frame: Frame,
    form: Form,
    open: Vec<Row>,
    done: Vec<Row>,
    outcomes: Vec<Choice>,
    too_many: bool,
    /// The days looked through, in words, and as the forms carry them.
    span: String,
    days: (String, String),
    rules: Vec<(String, String)>,
    max: usize,
}

/// GET /audit/unusual: `from` and `until` say which days.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    page(&req, req.query_form()).await
}

async fn page(req: &Req, mut form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let until = form.day("until", Need::Optional).unwrap_or(today);
    let from = form.day("from", Need::Optional).unwrap_or(until.plus_days(1 - DAYS));
    if until < from {
        form.problem("until", "audit.until_before");
    } else if from.days_until(until) >= MOST_DAYS {
        form.problem("from", "unusual.too_long");
    }
    let mut look = ctx.look(Channel::List).await?;
    look.audit(Vec::new())?;
    let limits = Thresholds::of(register::numbers(&mut look.conn(), m, rules::SETTINGS).await?);
    let mut too_many = false;
    let mut found = Vec::new();
    let mut reviews = BTreeMap::new();
    if from <= until && from.days_until(until) < MOST_DAYS {
        let span = (Instant::at(from, 0, 0), Instant::at(until.plus_days(1), 0, 0));
        let rows = sql::looked(&mut look.conn(), m, span).await?;
        too_many = i64::try_from(rows.len()).is_ok_and(|n| n >= sql::MOST);
        let around = sql::around(&mut look.conn(), m, &rows).await?;
        let urgent = sql::urgent(&mut look.conn(), m, span).await?;
        let pages = sql::pages(&mut look.conn(), m, span).await?;
        found = rules::findings(&rows, &pages, &around, &urgent, until, limits);
        reviews = sql::reviews(&mut look.conn(), m, (from, until)).await?;
    }
    let people: Vec<UserId> = found
        .iter()
        .filter(|f| f.pattern != Pattern::Urgent)
        .map(|f| f.who.cast())
        .chain(reviews.values().map(|r| r.by))
        .collect();
    let users = register::user_names(&mut look.conn(), m, people.iter().copied()).await?;
    let logins = sql::logins(&mut look.conn(), m, people).await?;
    let desks = register::desk_names(&mut look.conn(), m, sql::desks(&found), today).await?;
    let named = Named { users, logins, desks, limits };
    let rows = found.iter().map(|f| Row {
        mine: form.has_problems() && sent_about(&form, f),
        ..row(&frame, f, reviews.get(&(f.pattern, f.who, f.day)), &named, ctx.engine.new_id())
    });
    let (done, open) = rows.partition(|r| r.reviewed.is_some() && !r.more);
    let page = UnusualPage {
        open,
        done,
        outcomes: Outcome::ALL
            .iter()
            .map(|o| Choice::new(&form, "outcome", o, frame.t.code("unusual_outcome", o)))
            .collect(),
        too_many,
        span: frame
            .t
            .fs("unusual.span", &[("from", frame.t.full_day(from)), ("until", frame.t.full_day(until))]),
        days: (words::wareki::show_wareki_short(from), words::wareki::show_wareki_short(until)),
        rules: Pattern::ALL
            .iter()
            .map(|p| (frame.t.code("unusual_pattern", p), sentence(&frame, *p, None, limits)))
            .collect(),
        max: WORDS,
        form,
        frame,
    };
    let (html, wrong) = (page.render(), page.form.has_problems());
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// Whether what was sent is about this finding.
fn sent_about(form: &Form, f: &Finding) -> bool {
    form.value("pattern") == f.pattern.code()
        && form.value("who") == f.who.to_string()
        && form.value("on") == f.day.to_string()
}

struct Named {
    users: HashMap<UserId, String>,
    logins: BTreeMap<UserId, String>,
    desks: HashMap<DeskId, String>,
    limits: Thresholds,
}

/// What a pattern means: of a finding with its number, of the rule with its threshold.
fn sentence(frame: &Frame, pattern: Pattern, n: Option<i64>, limits: Thresholds) -> String {
    let from = match pattern {
        Pattern::WithoutTask => limits.households,
        Pattern::Night => limits.night,
        Pattern::Export => limits.export,
        Pattern::Urgent => limits.urgent,
        Pattern::SameFamily => limits.common_permille,
        Pattern::Own | Pattern::Colleague | Pattern::Neighbour => 1,
    };
    let list = if n.is_some() { "unusual_found" } else { "unusual_rule" };
    let of = [("n", n.unwrap_or(0).to_string()), ("from", from.to_string())];
    frame.t.fs(&format!("{list}.{}", pattern.code()), &of)
}

fn row(frame: &Frame, f: &Finding, reviewed: Option<&Reviewed>, named: &Named, command: CommandId) -> Row {
    let of_desk = f.pattern == Pattern::Urgent;
    let who = if of_desk {
        named.desks.get(&f.who.cast()).cloned()
    } else {
        named.users.get(&f.who.cast()).cloned()
    };
    let review = reviewed.map(|r| {
        let by = named.users.get(&r.by).map_or("", String::as_str);
        format!("{} {} {by}", frame.t.code("unusual_outcome", r.outcome), frame.moment(&r.at))
    });
    let day = words::wareki::show_wareki_short(f.day);
    Row {
        pattern: frame.t.code("unusual_pattern", f.pattern),
        sentence: sentence(frame, f.pattern, Some(f.n), named.limits),
        who: who.unwrap_or_default(),
        day: frame.day(&f.day),
        key: [f.pattern.code().to_owned(), f.who.to_string(), f.day.to_string(), f.n.to_string()],
        login: if of_desk {
            String::new()
        } else {
            named.logins.get(&f.who.cast()).cloned().unwrap_or_default()
        },
        from: day.clone(),
        until: day,
        words: reviewed.map(|r| r.words.clone()).unwrap_or_default(),
        more: reviewed.is_some_and(|r| r.n < f.n),
        reviewed: review,
        mine: false,
        command,
    }
}

/// POST /audit/unusual: what somebody came to about one finding.
pub(crate) async fn review(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let pattern = form.code::<Pattern>("pattern", Need::Required);
    let who: Option<ThingId> = form.id("who", Need::Required);
    let day = Day::parse_iso(form.value("on"));
    let n: i64 = form.value("n").parse().unwrap_or(0);
    let (Some(pattern), Some(who), Some(day)) = (pattern, who, day) else { return Err(Fail::NotVisible) };
    let outcome = form.code::<Outcome>("outcome", Need::Required);
    let words = form.paragraph("words", Need::Optional, WORDS);
    if matches!(outcome, Some(Outcome::Explained | Outcome::HandedOn))
        && form.value("words").trim().is_empty()
    {
        form.problem("words", "unusual.words_needed");
    }
    let (Some(outcome), false) = (outcome, form.has_problems()) else {
        return page(&req, form).await;
    };
    let finding = Finding { day, pattern, who, n };
    let body = (pattern.code(), who, day, n, outcome.code(), &words);
    let receipt = match req.ctx()?.act(&req.envelope(), "unusual.review", &body).await? {
        Begun::Before(_) => Receipt::nothing_personal("a redirect to what was done before"),
        Begun::New(mut act) => {
            // Where the log is the record, the municipality names it, as in a search of the log.
            let log = RecordRef { kind: RecordKind::Figures, id: act.municipality().cast() };
            let right = act.permit(Action::AuditAccess, &Relation::of_no_household(), log).await?;
            sql::review(&mut act, &right, &finding, outcome, &words).await?;
            act.commit("").await?
        }
    };
    // Back to the days that were looked through.
    let days =
        ["from", "until"].map(|name| (name.to_owned(), req.body().get(name).unwrap_or_default().to_owned()));
    let back = format!("/audit/unusual?{}", Fields::from_pairs(days.into()).encode());
    Ok(Answer::to(&back, "unusual_reviewed", receipt))
}
