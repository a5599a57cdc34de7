//! For the privacy auditor: what is to be reviewed, what was, the figures of each desk; and one review. No content: the
//! number of the case, desks, codes, moments, the reason in words, and what the desks that were told said.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail, Receipt};
use site::{Answer, Choice, Form, Frame, Need, Req};
use words::Day;
use words::calendar::fiscal_year;
use words::code::Code;
use words::id::UrgentLookId;

use super::notice::{Told, told};
use super::{LookLine, lines};
use crate::acts::{self, Done};
use crate::figures::{self, Line};
use crate::review::{self, has_the_role};
use crate::rules::{self, Outcome};
use crate::sql;

/// Reviews on one list.
const MOST: i64 = 100;
/// Characters of a review.
const WORDS: usize = 1_000;

#[derive(Template)]
#[template(path = "urgent_audit.html")]
struct AuditPage {
    frame: Frame,
    form: Form,
    owed: Vec<LookLine>,
    given: Vec<LookLine>,
    figures: Vec<Line>,
}

/// GET /audit/urgent: `from` and `until` narrow the figures.
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let m = ctx.viewer.municipality;
    let today = ctx.now.day();
    let april = Day::new(fiscal_year(today), 4, 1).unwrap_or(today);
    let mut form = req.query_form();
    let from = form.day("from", Need::Optional).unwrap_or(april);
    let until = form.day("until", Need::Optional).unwrap_or(today);
    if until < from {
        form.problem("until", "audit.until_before");
    }
    let mut look = ctx.look(Channel::List).await?;
    look.audit(Vec::new())?;
    let owed = sql::reviews(&mut look.conn(), m, true, MOST).await?;
    let given = sql::reviews(&mut look.conn(), m, false, MOST).await?;
    let figures =
        if form.has_problems() { Vec::new() } else { figures::lines(&mut look, from, until).await? };
    let page = AuditPage {
        owed: review_lines(&mut look, &frame, &owed, &ctx.engine).await?,
        given: review_lines(&mut look, &frame, &given, &ctx.engine).await?,
        figures,
        form,
        frame,
    };
    let (html, wrong) = (page.render(), page.form.has_problems());
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

async fn review_lines(
    look: &mut engine::Look,
    frame: &Frame,
    looks: &[sql::Look],
    engine: &engine::Engine,
) -> Result<Vec<LookLine>, Fail> {
    let mut found = lines(look, frame, looks, engine).await?;
    for line in &mut found {
        line.href = site::link::urgent_review(line.id);
    }
    Ok(found)
}

struct GivenRow {
    outcome: String,
    by: String,
    words: String,
}

#[derive(Template)]
#[template(path = "urgent_review.html")]
struct ReviewPage {
    frame: Frame,
    form: Form,
    line: LookLine,
    version: i64,
    words: String,
    tries: usize,
    misses: usize,
    told: Vec<Told>,
    seen: Vec<String>,
    given: Vec<GivenRow>,
    outcomes: Vec<Choice>,
    /// Empty when this viewer may review it; otherwise the sentence that says why not.
    why_not: String,
    auditor: bool,
    /// The desks that were told and have not answered yet.
    waiting: Vec<String>,
    /// Whether it was reviewed, and a desk that was told doubts it since.
    came_back: bool,
    max: usize,
}

/// GET /audit/urgent/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    page(&req, Form::default()).await
}

async fn page(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let id: UrgentLookId = req.id("id")?;
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Page).await?;
    let found = sql::look(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let relation = review::relation(&mut look.conn(), m, &found).await?;
    let auditor = ctx.viewer.has_role(&[access::Role::PrivacyAuditor]);
    if relation.keeps_out(&ctx.viewer) || !(auditor || has_the_role(&ctx.viewer, &found)) {
        return Err(Fail::NotVisible);
    }
    // Whoever reads a reason is in the log as well.
    if has_the_role(&ctx.viewer, &found) {
        look.permit(access::Action::ReviewUrgent, &relation, acts::of_look(id))?;
    } else {
        look.audit(vec![("urgent_look", id.cast())])?;
    }
    let t = &frame.t;
    let words = sql::words(&mut look.conn(), m, found.ask.cast()).await?;
    let outcomes = sql::outcomes(&mut look.conn(), m, found.ask).await?;
    let seen = sql::seen(&mut look.conn(), m, &found).await?;
    let notices = sql::notices(&mut look.conn(), m, id).await?;
    let given = sql::given(&mut look.conn(), m, id).await?;
    let names = register::user_names(&mut look.conn(), m, given.iter().map(|r| r.by)).await?;
    let line = lines(&mut look, &frame, std::slice::from_ref(&found), &ctx.engine).await?.pop();
    let why_not = rules::may_review(ctx.viewer.user, found.user, has_the_role(&ctx.viewer, &found))
        .err()
        .map(|r| t.s(r.key).to_owned());
    let mut told = told(&mut look, &frame, &notices).await?;
    if ctx.viewer.user == found.user {
        // Whoever looked reads that there is a doubt, and not the words of it (docs/decisions/0046).
        for desk in &mut told {
            desk.words.clear();
        }
    }
    let waiting: Vec<String> = notices
        .iter()
        .zip(&told)
        .filter(|(n, _)| n.answer.is_none())
        .map(|(_, told)| told.desk.clone())
        .collect();
    let page = ReviewPage {
        line: line.ok_or(Fail::NotVisible)?,
        version: found.version,
        words,
        tries: outcomes.len(),
        misses: outcomes.iter().filter(|o| **o == rules::TryOutcome::Miss).count(),
        told,
        came_back: rules::came_back(found.state, given.len()),
        seen: seen
            .iter()
            .map(|(kind, n)| {
                t.fs("urgent.seen", &[("kind", t.code("audit_kind", kind)), ("n", n.to_string())])
            })
            .collect(),
        given: given
            .into_iter()
            .map(|r| GivenRow {
                outcome: t.code("urgent_outcome", r.outcome),
                by: format!("{} {}", frame.moment(&r.at), names.get(&r.by).map_or("", String::as_str)),
                words: r.words,
            })
            .collect(),
        outcomes: Outcome::ALL
            .iter()
            .filter(|o| rules::review(found.state, **o).is_ok())
            .map(|o| {
                let early = *o == Outcome::Justified && !waiting.is_empty();
                let help = if early {
                    t.s("urgent.justified_early").to_owned()
                } else {
                    t.code("urgent_outcome_help", o)
                };
                Choice::new(&form, "outcome", o, t.code("urgent_outcome", o)).with_help(help)
            })
            .collect(),
        why_not: why_not.unwrap_or_default(),
        auditor,
        waiting,
        max: WORDS,
        form,
        frame,
    };
    let (html, wrong) = (page.render(), page.form.has_problems());
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /audit/urgent/{id}
pub(crate) async fn review(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: UrgentLookId = req.id("id")?;
    let mut form = req.form();
    let outcome = form.code::<Outcome>("outcome", Need::Required);
    let words = form.paragraph("words", Need::Required, WORDS);
    let (Some(outcome), false) = (outcome, form.has_problems()) else {
        return page(&req, form).await;
    };
    let receipt = match review::give(&req, id, outcome, &words).await {
        Ok(Done::Now(_, receipt)) => receipt,
        Ok(Done::Before(_)) => Receipt::nothing_personal("a redirect to what was done before"),
        Err(Fail::Stale) => {
            // Somebody reviewed it in the meantime: what they said stands on the page, and what was typed stays.
            form.problem("outcome", "urgent.reviewed_meanwhile");
            return page(&req, form).await;
        }
        Err(Fail::Refused(why)) => {
            form.problem_with("outcome", why.key, why.args);
            return page(&req, form).await;
        }
        Err(other) => return Err(other),
    };
    Ok(Answer::to(&site::link::urgent_review(id), "urgent_reviewed", receipt))
}
