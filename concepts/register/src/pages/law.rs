//! The table of articles that sharing rests on, for administrators: each wording with its days, what it can be picked for, and
//! whether somebody held it against its source. A new wording is added; an old one is ended and never changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail};
use serde::Serialize;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::CommandId;

use super::{administer, receipt, span_words};
use crate::law;
use crate::rules::{Sharing, Span};
use crate::sql;
use crate::views::LegalBasis;

struct Wording {
    code: String,
    from: Day,
    name: String,
    note: String,
    days: String,
    verified: bool,
    /// In force, to come, or over.
    standing: &'static str,
    acts: Vec<String>,
    /// Whether its last day can be set.
    open: bool,
    end: CommandId,
    verify: CommandId,
}

struct Article {
    code: String,
    /// The wording in force, or the newest.
    now: Wording,
    earlier: Vec<Wording>,
}

#[derive(Template)]
#[template(path = "law_list.html")]
struct ListPage {
    frame: Frame,
    form: Form,
    articles: Vec<Article>,
    unverified: usize,
}

#[derive(Template)]
#[template(path = "law_new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    acts: Vec<Choice>,
    /// Whether it is a new wording of an article that is there.
    again: bool,
}

fn wording(req: &Req, frame: &Frame, b: LegalBasis) -> Wording {
    let (t, today) = (&frame.t, frame.now.day());
    let standing = if b.span.covers(today) {
        "now"
    } else if b.span.from > today {
        "to_come"
    } else {
        "over"
    };
    let acts: Vec<String> = b.acts.iter().map(|a| t.code("sharing_act", a)).collect();
    Wording {
        days: span_words(t, b.span, today),
        from: b.span.from,
        acts: if acts.is_empty() { vec![t.s("law.any_act").to_owned()] } else { acts },
        open: standing != "over",
        end: req.engine().new_id(),
        verify: req.engine().new_id(),
        code: b.code,
        name: b.name,
        note: b.note,
        verified: b.verified,
        standing,
    }
}

async fn render(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let at = ctx.viewer.municipality;
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let all = sql::legal_basis_all(&mut look.conn(), at).await?;
    let mut of_code: BTreeMap<String, Vec<Wording>> = BTreeMap::new();
    for basis in all {
        of_code.entry(basis.code.clone()).or_default().push(wording(req, &frame, basis));
    }
    let articles: Vec<Article> = of_code
        .into_iter()
        .filter_map(|(code, mut wordings)| {
            let at = wordings.iter().position(|w| w.standing == "now").unwrap_or(0);
            let now = if wordings.is_empty() { return None } else { wordings.remove(at) };
            Some(Article { code, now, earlier: wordings })
        })
        .collect();
    let unverified = articles.iter().filter(|a| !a.now.verified && a.now.standing == "now").count();
    let wrong = form.has_problems();
    let html = ListPage { frame, form, articles, unverified }.render();
    if wrong { Answer::again(html, receipt()) } else { Answer::page(html, receipt()) }
}

/// `GET /admin/legal-bases`
pub(super) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, Form::default()).await
}

fn form_page(req: &Req, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let acts = Sharing::ALL
        .iter()
        .map(|a| Choice::new(&form, "act", a.code(), frame.t.code("sharing_act", a)))
        .collect();
    let wrong = form.has_problems();
    let again = !req.query().get("code").unwrap_or(form.value("again")).is_empty();
    let html = NewPage { frame, form, acts, again }.render();
    if wrong { Answer::again(html, receipt()) } else { Answer::page(html, receipt()) }
}

/// `GET /admin/legal-bases/new?code=`: with a code it begins with the wording of now.
pub(super) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let at = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Page).await?;
    let all = sql::legal_basis_all(&mut look.conn(), at).await?;
    let wanted = req.query().get("code").unwrap_or_default();
    let today = ctx.now.day();
    let of_code: Vec<&LegalBasis> = all.iter().filter(|b| b.code == wanted).collect();
    let newest = of_code.iter().find(|b| b.span.covers(today)).or(of_code.first());
    let mut pairs = Vec::new();
    if let Some(b) = newest {
        pairs.extend([("code", b.code.clone()), ("name", b.name.clone()), ("note", b.note.clone())]);
        pairs.extend(b.acts.iter().map(|a| ("act", a.code().to_owned())));
        pairs.push(("again", "yes".to_owned()));
    }
    form_page(&req, Form::filled(pairs))
}

#[derive(Serialize)]
struct Add {
    code: String,
    name: String,
    note: String,
    acts: Vec<Sharing>,
    verified: bool,
    from: String,
    to: Option<String>,
}

/// A code: what records point to. Small letters, digits and lines, so that it can stand in a file.
fn code_of(form: &mut Form) -> String {
    let code = form.line("code", Need::Required, 40);
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !code.is_empty() && !code.chars().all(fits) {
        form.problem("code", "law.code_letters");
    }
    code
}

/// `POST /admin/legal-bases/new`
pub(super) async fn add(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let code = code_of(&mut form);
    let name = form.line("name", Need::Required, 200);
    let note = form.line("note", Need::Optional, 300);
    let acts: Vec<Sharing> = form.codes("act");
    if acts.is_empty() {
        form.problem("act", "law.no_act");
    }
    let (from, to) = (form.day("from", Need::Required), form.day("to", Need::Optional));
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        form.problem("to", "register.span");
    }
    let (Some(from), false) = (from, form.has_problems()) else { return form_page(&req, form) };
    let verified = form.ticked("verified");
    let body = Add {
        code: code.clone(),
        name: name.clone(),
        note: note.clone(),
        acts: acts.clone(),
        verified,
        from: from.to_string(),
        to: to.map(|d| d.to_string()),
    };
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.add_article", &body).await? else {
        return Ok(Answer::to(link::LEGAL_BASES, "law_added", receipt()));
    };
    let right = administer(&act)?;
    let new = LegalBasis { code, name, note, verified, acts, span: Span { from, to } };
    match law::add(&mut act, &right, &new).await {
        Ok(()) => Ok(Answer::to(link::LEGAL_BASES, "law_added", act.commit("").await?)),
        Err(Fail::Refused(why)) => {
            form.problem_with("from", why.key, why.args);
            form_page(&req, form)
        }
        Err(other) => Err(other),
    }
}

/// The wording a button of the list names.
fn named(req: &Req) -> Result<(String, Day), Fail> {
    let field = |name: &str| req.body().get(name).unwrap_or_default().to_owned();
    let from = Day::parse_iso(&field("since")).ok_or(Fail::NotVisible)?;
    Ok((field("code"), from))
}

/// `POST /admin/legal-bases/end`
pub(super) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let (code, from) = named(&req)?;
    let mut form = req.form();
    let Some(last) = form.day("last", Need::Required).filter(|_| !form.has_problems()) else {
        return render(&req, form).await;
    };
    let body = (&code, from.to_string(), last.to_string());
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.end_article", &body).await? else {
        return Ok(Answer::to(link::LEGAL_BASES, "law_ended", receipt()));
    };
    let right = administer(&act)?;
    match law::end(&mut act, &right, &code, from, last).await {
        Ok(()) => Ok(Answer::to(link::LEGAL_BASES, "law_ended", act.commit("").await?)),
        Err(Fail::Refused(why)) => {
            form.problem_with("last", why.key, why.args);
            render(&req, form).await
        }
        Err(other) => Err(other),
    }
}

/// `POST /admin/legal-bases/verify`: somebody held it against its source, today.
pub(super) async fn verify(req: Arc<Req>) -> Result<Answer, Fail> {
    let (code, from) = named(&req)?;
    let body = (&code, from.to_string());
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.verify_article", &body).await? else {
        return Ok(Answer::to(link::LEGAL_BASES, "law_verified", receipt()));
    };
    let right = administer(&act)?;
    law::verify(&mut act, &right, &code, from).await?;
    Ok(Answer::to(link::LEGAL_BASES, "law_verified", act.commit("").await?))
}
