//! One consent: its terms, who gave it, its papers, what it followed, and the steps.

use std::sync::Arc;

use access::{Action, Disclosed};
use askama::Template;
use attachment::Attachment;
use casefile::{CaseHead, Loaded};
use consent::{ALONE_DAYS, Because, Consent, ConsentForm, ConsentState, GivenBy, Party};
use engine::{Channel, Fail, Look, Receipt};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{AttachmentId, CaseId, CommandId, ConsentId};

use crate::acts::{self, Paper};
use crate::holders::{self, Others};
use crate::terms::{self, ConsentRow, Names};

struct PaperRow {
    href: String,
    name: String,
    about: String,
    /// The form to take it out of sight, for the desk that put it there.
    remove: Option<(AttachmentId, CommandId)>,
}

/// Who gave it, as far as it is disclosed.
pub(crate) struct PartyRow {
    pub name: String,
    pub relation: String,
    pub evidence: String,
    pub witness: String,
    pub confirmed: String,
    pub withdrawn: Option<WithdrawnRow>,
}

/// Who took it back.
pub(crate) struct WithdrawnRow {
    pub told: String,
    /// Empty for the person themselves, and of before it was asked for.
    pub name: String,
    pub relation: String,
    pub evidence: String,
}

#[derive(Template)]
#[template(path = "agreement_one.html")]
struct OnePage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    x: ConsentRow,
    desk: String,
    party: Option<PartyRow>,
    papers: Vec<PaperRow>,
    /// What was seen and sent after the person had said no, for whoever may write that down.
    meanwhile: Vec<String>,
    /// What its withdrawal did not end.
    others: Option<Others>,
    /// It was spoken and heard by one person alone, and ends for that.
    alone: bool,
    /// Somebody else gave it, whose office ended with the person's death.
    office: bool,
    /// Why it was written down by mistake, to choose from.
    mistakes: Vec<Choice>,
    /// When, by whom and why it was marked as an error.
    marked: String,
    /// Commands of the forms that end it, one each.
    commands: [CommandId; 2],
    may_attach: bool,
    /// Sent from a page that was opened before it changed.
    stale: bool,
    renew: String,
    /// It took the place of another one, which a mistake does not bring back: where that one's terms are written down anew.
    like: Option<String>,
    /// It took the place of another one, whether or not the viewer may see that one.
    follows: bool,
    carry: bool,
}

/// A consent of the case in the address, as far as it is for this viewer to see; absent otherwise.
pub(crate) async fn load(
    look: &mut Look,
    case: CaseId,
    wanted: ConsentId,
) -> Result<(Loaded, Consent, Names), Fail> {
    let mut loaded = casefile::load(look, case).await?;
    let mut consents = terms::load_consents(look, &loaded).await?;
    consents.retain(|c| c.id == wanted);
    let names = terms::names(look, &mut loaded, &consents, Vec::new()).await?;
    let found = consents.pop().ok_or(Fail::NotVisible)?;
    Ok((loaded, found, names))
}

/// The same, with one that the viewer's desk wrote down by mistake: to be looked at, and nothing else. Beside it those it came after and
/// that came after it, as far as the viewer may see them.
async fn load_struck(
    look: &mut Look,
    case: CaseId,
    wanted: ConsentId,
) -> Result<(Loaded, Consent, Vec<Consent>, Names), Fail> {
    let mut loaded = casefile::load(look, case).await?;
    let mut consents = terms::load_with_struck(look, &loaded).await?;
    let found = consents.iter().find(|c| c.id == wanted).cloned().ok_or(Fail::NotVisible)?;
    let beside = [found.follows, found.followed_by].map(|of| of.map(|(id, _)| id));
    consents.retain(|c| c.id == wanted || beside.contains(&Some(c.id)));
    let names = terms::names(look, &mut loaded, &consents, Vec::new()).await?;
    Ok((loaded, found, consents, names))
}

/// When, by whom and why it was marked as an error, in words.
async fn marked(look: &mut Look, frame: &Frame, c: &Consent) -> Result<String, Fail> {
    let Some((at, by)) = c.error else { return Ok(String::new()) };
    let m = look.viewer().municipality;
    let staff = register::user_names(&mut look.conn(), m, [by]).await?;
    let why = c.because.map(|b| frame.t.code("consent_because", b)).unwrap_or_default();
    let who = staff.get(&by).cloned().unwrap_or_default();
    Ok(frame.t.fs("consent_error.marked", &[("day", frame.day(&at.day())), ("who", who), ("why", why)]))
}

/// Who gave it, in words.
pub(crate) async fn party(
    look: &mut Look,
    frame: &Frame,
    loaded: &mut Loaded,
    c: &Consent,
) -> Result<Option<PartyRow>, Fail> {
    let viewer = look.viewer().clone();
    let sealed = consent::parties(&mut look.conn(), &viewer, [c.id]).await?;
    let Some(party): Option<Disclosed<Party>> = look.disclose(sealed).await?.pop() else { return Ok(None) };
    loaded.reasons.of(&party);
    let who = party.confirmed.map(|(_, user)| user);
    let staff = register::user_names(&mut look.conn(), viewer.municipality, who).await?;
    let t = &frame.t;
    Ok(Some(PartyRow {
        name: party.name.clone(),
        relation: c.relation.map(|r| t.code("giver_relation", r)).unwrap_or_default(),
        evidence: party.evidence.clone(),
        witness: party.witness.clone(),
        confirmed: party.confirmed.map_or_else(String::new, |(day, user)| {
            let who = staff.get(&user).cloned().unwrap_or_default();
            t.fs("agreement.confirmed", &[("day", t.full_day(day)), ("who", who)])
        }),
        withdrawn: party.withdrawn.as_ref().map(|w| {
            let form = w.way.map(|way| t.code("consent_form", way)).unwrap_or_default();
            WithdrawnRow {
                told: t.fs("consent_withdraw.told", &[("by", t.code("given_by", w.told_by)), ("form", form)]),
                name: w.name.clone(),
                relation: w.relation.map(|r| t.code("giver_relation", r)).unwrap_or_default(),
                evidence: w.evidence.clone(),
            }
        }),
    }))
}

async fn page(req: &Req, form: Form) -> Result<(OnePage, Receipt), Fail> {
    let (case, wanted): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let mut look = ctx.look(Channel::Page).await?;
    let (mut loaded, found, known, names) = load_struck(&mut look, case, wanted).await?;
    let frame = req.frame();
    let marked = marked(&mut look, &frame, &found).await?;
    let party = party(&mut look, &frame, &mut loaded, &found).await?;
    let sealed = attachment::of_records(&mut look.conn(), &viewer, [wanted.cast()]).await?;
    let files: Vec<Disclosed<Attachment>> = look.disclose(sealed).await?;
    loaded.reasons.of_all(&files);
    let among = consent::EndedWhich::Among(vec![wanted]);
    let ended =
        consent::recipients_ended(&mut look.conn(), viewer.municipality, ctx.now.day(), among).await?;
    let x = terms::row(&frame, &loaded, &found, (&names, &known), &viewer);
    let relation = terms::relation_of(&loaded.relation, &found);
    let meanwhile =
        if x.may_withdraw { consent::meanwhile(&mut look, &frame, &found).await? } else { Vec::new() };
    let others = if found.state == ConsentState::Withdrawn {
        holders::others(&mut look, &frame, &mut loaded, &found).await?
    } else {
        None
    };
    let papers = files
        .iter()
        .map(|a| {
            let kb = (a.bytes / 1024).max(1);
            let about = [("kb", kb.to_string()), ("day", frame.day(&a.at.day()))];
            PaperRow {
                href: link::attachment(a.id),
                name: a.name.clone(),
                about: frame.t.fs("agreement.paper_about", &about),
                remove: viewer.reading_desks().contains(&a.desk).then(|| (a.id, req.engine().new_id())),
            }
        })
        .collect();
    let heard_alone = party.as_ref().is_some_and(|p| p.witness.is_empty());
    let page = OnePage {
        alone: heard_alone
            && found.form == ConsentForm::Oral
            && found.until == Some(found.from.plus_days(ALONE_DAYS)),
        office: found.given_by != GivenBy::Itself,
        mistakes: Because::MISTAKES
            .iter()
            .map(|b| Choice::new(&form, "because", b.code(), frame.t.code("consent_because", b)))
            .collect(),
        marked,
        commands: [req.engine().new_id(), req.engine().new_id()],
        desk: names.desks.get(&found.desk).cloned().unwrap_or_default(),
        party,
        papers,
        meanwhile,
        others,
        may_attach: found.state != ConsentState::EnteredInError
            && access::may(&viewer, Action::RecordWithdrawal, &relation).is_ok(),
        stale: false,
        renew: link::case_consent_renew(case, wanted),
        like: found
            .follows
            .filter(|_| x.struck && !x.died)
            .filter(|_| access::may(&viewer, Action::RecordConsent, &loaded.relation).is_ok())
            .map(|(before, _)| crate::new::like(case, before)),
        follows: found.follows.is_some(),
        carry: x.may_renew && !ended.is_empty(),
        x,
        head: CaseHead::new(&frame, &loaded, &viewer),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// GET /cases/{id}/consents/{consent}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::filled(vec![("address", "yes".to_owned())])).await?;
    Answer::page(page.render(), receipt)
}

/// POST /cases/{id}/consents/{consent}/papers.
pub(crate) async fn attach(req: Arc<Req>) -> Result<Answer, Fail> {
    let (case, id): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let mut form = req.form();
    let Some((taken, bytes)) = attachment::take(&req, &mut form, "file") else {
        form.problem("file", "agreement.no_paper");
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    let paper = Paper { taken, bytes };
    let receipt = acts::attach(&req, case, id, &paper, form.ticked("address")).await?;
    Ok(Answer::to(&link::case_consent(case, id), "paper_kept", receipt))
}

/// POST /cases/{id}/consents/{consent}/died: it ends because the person has died.
pub(crate) async fn died(req: Arc<Req>) -> Result<Answer, Fail> {
    let (case, id): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    match acts::end_by_death(&req, case, id).await {
        Ok(receipt) => Ok(Answer::to(&link::case_consent(case, id), "consent_ended_by_death", receipt)),
        Err(Fail::Stale) => changed(&req).await,
        Err(other) => Err(other),
    }
}

/// What is true now, for whoever sent a step from a page that was opened before: whoever changed it, they themselves included.
async fn changed(req: &Req) -> Result<Answer, Fail> {
    let (mut page, receipt) = page(req, Form::default()).await?;
    page.stale = true;
    Answer::conflict(page.render(), receipt)
}

/// POST /cases/{id}/consents/{consent}/error: it was written down by mistake.
pub(crate) async fn error(req: Arc<Req>) -> Result<Answer, Fail> {
    let (case, id): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let mut form = req.form();
    let because = form.code::<Because>("because", Need::Required).filter(|b| Because::MISTAKES.contains(b));
    let Some(because) = because else {
        form.problem("because", "text.choose");
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    match acts::mark_in_error(&req, case, id, because).await {
        Ok(receipt) => Ok(Answer::to(&link::case_consent(case, id), "consent_in_error", receipt)),
        Err(Fail::Stale) => changed(&req).await,
        Err(other) => Err(other),
    }
}

/// POST /cases/{id}/consents/{consent}/papers/remove.
pub(crate) async fn detach(req: Arc<Req>) -> Result<Answer, Fail> {
    let (case, id): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let file: AttachmentId = req.body().get("file").and_then(|v| v.parse().ok()).ok_or(Fail::NotVisible)?;
    let receipt = acts::detach(&req, case, file).await?;
    Ok(Answer::to(&link::case_consent(case, id), "paper_removed", receipt))
}
