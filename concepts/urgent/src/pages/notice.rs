//! For the desk whose case it is: who looked, when, until when, with which reason code; and whether the desk knows why.
//! Whoever looked sees the same page of their own look.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::Relation;
use askama::Template;
use engine::{Channel, Fail, Receipt};
use site::{Answer, Choice, Form, Frame, Need, Req};
use words::code::Code;
use words::id::{DeskId, UrgentLookId};

use super::{LookLine, lines};
use crate::acts::{self, Done};
use crate::rules::{self, Answer as Said};
use crate::sql;

/// A desk that was told, and what it said.
pub(crate) struct Told {
    pub desk: String,
    pub said: String,
    pub by: String,
    /// What it wrote with it: for whoever reviews the look, and nobody else.
    pub words: String,
}

#[derive(Template)]
#[template(path = "urgent_notice.html")]
struct NoticePage {
    frame: Frame,
    form: Form,
    line: LookLine,
    told: Vec<Told>,
    /// Whether this viewer's desk has not said anything yet.
    asked: bool,
    mine: bool,
    answers: Vec<Choice>,
    reviewed: Vec<(String, String)>,
    owed: bool,
    max: usize,
}

/// GET /urgent/looks/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    page(&req, Form::default()).await
}

/// The desks told of a look, and what they said. Two statements.
pub(crate) async fn told(
    look: &mut engine::Look,
    frame: &Frame,
    notices: &[sql::Notice],
) -> Result<Vec<Told>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let desks = register::desk_names(&mut look.conn(), m, notices.iter().map(|n| n.desk), today).await?;
    let users =
        register::user_names(&mut look.conn(), m, notices.iter().filter_map(|n| n.answered_by)).await?;
    Ok(notices
        .iter()
        .map(|n| Told {
            desk: desks.get(&n.desk).cloned().unwrap_or_default(),
            said: n.answer.map_or_else(
                || frame.t.s("urgent.not_answered").to_owned(),
                |a| frame.t.code("urgent_answer", a),
            ),
            by: match (n.answered_at, n.answered_by.and_then(|u| users.get(&u))) {
                (Some(at), Some(name)) => format!("{} {name}", frame.moment(&at)),
                _ => String::new(),
            },
            words: n.words.clone(),
        })
        .collect())
}

async fn page(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let id: UrgentLookId = req.id("id")?;
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Page).await?;
    let found = sql::look(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let notices = sql::notices(&mut look.conn(), m, id).await?;
    let own: BTreeSet<DeskId> = ctx.viewer.reading_desks().into_iter().collect();
    let mine = found.user == ctx.viewer.user;
    let owner = notices.iter().any(|n| own.contains(&n.desk));
    let household = Relation::within(sql::cases_of(&mut look.conn(), m, found.household).await?);
    if !(mine || owner) || household.keeps_out(&ctx.viewer) {
        return Err(Fail::NotVisible);
    }
    let line = lines(&mut look, &frame, std::slice::from_ref(&found), &ctx.engine).await?.pop();
    let reviews = sql::given(&mut look.conn(), m, id).await?;
    let page = NoticePage {
        line: line.ok_or(Fail::NotVisible)?,
        told: told(&mut look, &frame, &notices).await?,
        asked: !mine && notices.iter().any(|n| own.contains(&n.desk) && n.answer.is_none()),
        mine,
        answers: Said::ALL
            .iter()
            .map(|a| Choice::new(&form, "answer", a, frame.t.code("urgent_answer", a)))
            .collect(),
        // What was said in a review is between the reviewer and whoever looked; what it came to, the desk learns.
        reviewed: reviews
            .iter()
            .map(|r| (frame.moment(&r.at), frame.t.code("urgent_outcome", r.outcome)))
            .collect(),
        owed: rules::owed(found.state),
        max: super::WORDS,
        form,
        frame,
    };
    let (html, wrong) = (page.render(), page.form.has_problems());
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /urgent/looks/{id}/answer
pub(crate) async fn answer(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: UrgentLookId = req.id("id")?;
    let mut form = req.form();
    let said = form.code::<Said>("answer", Need::Required);
    let words = form.paragraph("words", Need::Optional, super::WORDS);
    let (Some(said), false) = (said, form.has_problems()) else {
        return page(&req, form).await;
    };
    let receipt = match acts::answer(&req, id, said, &words).await? {
        Done::Now(_, receipt) => receipt,
        Done::Before(_) => Receipt::nothing_personal("a redirect to what was done before"),
    };
    Ok(Answer::to(&site::link::urgent_look(id), "urgent_answered", receipt))
}
