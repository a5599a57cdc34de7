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
use crate::rules::{self, Added, Sharing, Span};
use crate::sql;
use crate::sql::law::WordingBy;
use crate::views::LegalBasis;

struct Wording {
    code: String,
    from: Day,
    name: String,
    note: String,
    days: String,
    verified: bool,
    /// In force, to come, over, or taken back.
    standing: &'static str,
    /// Who took it back, and when.
    taken_back: String,
    /// Whether it can be taken back: nothing rests on it yet.
    unused: bool,
    acts: Vec<String>,
    /// Whether its last day can be set.
    open: bool,
    end: CommandId,
    verify: CommandId,
    take_back: CommandId,
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
    /// The code that was typed is another article's: where its new wording is added.
    there: Option<String>,
}

fn wording(req: &Req, frame: &Frame, b: LegalBasis, of_code: &[Span], by: Option<&WordingBy>) -> Wording {
    let (t, today) = (&frame.t, frame.now.day());
    let others: Vec<Span> = of_code.iter().copied().filter(|s| s.from != b.span.from).collect();
    let added = by.map(|w| Added { span: b.span, on: w.at.day(), used: w.used });
    let taken_back = by
        .filter(|_| b.span.is_empty())
        .map(|w| t.fs("law.taken_back_by", &[("who", w.who.clone()), ("day", t.day(w.at.day(), today))]));
    let standing = if b.span.is_empty() {
        "taken_back"
    } else if b.span.covers(today) {
        "now"
    } else if b.span.from > today {
        "to_come"
    } else {
        "over"
    };
    let acts: Vec<String> = b.acts.iter().map(|a| t.code("sharing_act", a)).collect();
    Wording {
        days: if b.span.is_empty() { t.s("law.no_day").to_owned() } else { span_words(t, b.span, today) },
        taken_back: taken_back.unwrap_or_default(),
        unused: added.is_some_and(|a| rules::may_take_back(a, &others, today).is_ok()),
        from: b.span.from,
        acts: if acts.is_empty() { vec![t.s("law.any_act").to_owned()] } else { acts },
        open: matches!(standing, "now" | "to_come"),
        end: req.engine().new_id(),
        verify: req.engine().new_id(),
        take_back: req.engine().new_id(),
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
    let all = sql::law::all(&mut look.conn(), at).await?;
    let by = sql::law::written(&mut look.conn(), at, ctx.now.day()).await?;
    let mut spans: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for basis in &all {
        spans.entry(basis.code.clone()).or_default().push(basis.span);
    }
    let mut of_code: BTreeMap<String, Vec<Wording>> = BTreeMap::new();
    for basis in all {
        let written = by.iter().find(|w| w.code == basis.code && w.from == basis.span.from);
        let others = spans.get(&basis.code).map_or(&[][..], Vec::as_slice);
        of_code.entry(basis.code.clone()).or_default().push(wording(req, &frame, basis, others, written));
    }
    let articles: Vec<Article> = of_code
        .into_iter()
        .filter_map(|(code, mut wordings)| {
            let is = |standing: &[&str]| wordings.iter().position(|w| standing.contains(&w.standing));
            let at = is(&["now"]).or_else(|| is(&["to_come", "over"])).unwrap_or(0);
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

fn form_page(req: &Req, form: Form, there: Option<String>) -> Result<Answer, Fail> {
    let frame = req.frame();
    let acts = Sharing::ALL
        .iter()
        .map(|a| Choice::new(&form, "act", a.code(), frame.t.code("sharing_act", a)))
        .collect();
    let wrong = form.has_problems();
    let again = !req.query().get("code").unwrap_or(form.value("again")).is_empty();
    let html = NewPage { frame, form, acts, again, there }.render();
    if wrong { Answer::again(html, receipt()) } else { Answer::page(html, receipt()) }
}

/// `GET /admin/legal-bases/new?code=`: with a code it begins with the wording of now.
pub(super) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let at = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Page).await?;
    let all = sql::law::all(&mut look.conn(), at).await?;
    let wanted = req.query().get("code").unwrap_or_default();
    let today = ctx.now.day();
    let of_code: Vec<&LegalBasis> = all.iter().filter(|b| b.code == wanted && !b.span.is_empty()).collect();
    let newest = of_code.iter().find(|b| b.span.covers(today)).or(of_code.first());
    let mut pairs = Vec::new();
    if let Some(b) = newest {
        pairs.extend([("code", b.code.clone()), ("name", b.name.clone()), ("note", b.note.clone())]);
        pairs.extend(b.acts.iter().map(|a| ("act", a.code().to_owned())));
        pairs.push(("again", "yes".to_owned()));
    }
    form_page(&req, Form::filled(pairs), None)
}

#[derive(Serialize)]
struct Add {
    code: String,
    name: String,
    note: String,
    acts: Vec<Sharing>,
    again: bool,
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
    let (Some(from), false) = (from, form.has_problems()) else {
        return form_page(&req, form, None);
    };
    let (verified, again) = (form.ticked("verified"), !form.value("again").is_empty());
    let body = Add {
        code: code.clone(),
        name: name.clone(),
        note: note.clone(),
        acts: acts.clone(),
        again,
        verified,
        from: from.to_string(),
        to: to.map(|d| d.to_string()),
    };
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.add_article", &body).await? else {
        return Ok(Answer::to(link::LEGAL_BASES, "law_added", receipt()));
    };
    let right = administer(&act)?;
    let new = LegalBasis { code, name, note, verified, acts, span: Span { from, to } };
    match law::add(&mut act, &right, &new, again).await {
        Ok(()) => Ok(Answer::to(link::LEGAL_BASES, "law_added", act.commit("").await?)),
        Err(Fail::Refused(why)) if why.key == "law.code_there" => {
            form.problem_with("code", why.key, why.args);
            form_page(&req, form, Some(new.code))
        }
        Err(Fail::Refused(why)) => {
            form.problem_with("from", why.key, why.args);
            form_page(&req, form, None)
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

/// `POST /admin/legal-bases/take-back`: a wording that was a slip, on which nothing rests yet.
pub(super) async fn take_back(req: Arc<Req>) -> Result<Answer, Fail> {
    let (code, from) = named(&req)?;
    let body = (&code, from.to_string());
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.take_back_article", &body).await?
    else {
        return Ok(Answer::to(link::LEGAL_BASES, "law_taken_back", receipt()));
    };
    let right = administer(&act)?;
    law::take_back(&mut act, &right, &code, from).await?;
    Ok(Answer::to(link::LEGAL_BASES, "law_taken_back", act.commit("").await?))
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
