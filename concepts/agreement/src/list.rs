//! 同意と共有: who can see what of this case and why, what was asked for, keeping somebody out.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use access::Action;
use askama::Template;
use casefile::{CaseHead, ExclusionReason};
use consent::{Request, RequestState, SetAside};
use engine::{Channel, Fail, Look, Receipt};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CaseId, DeskId, UserId};

use crate::terms::{self, ConsentRow, ProvisionRow};

struct DeskRow {
    name: String,
    since: String,
    why: String,
}

/// Something asked for that nobody has answered, or a no.
struct RequestRow {
    href: String,
    whose: String,
    state: String,
    open: bool,
    day: String,
    desk: String,
}

struct ExclusionRow {
    user: UserId,
    name: String,
    since: String,
    /// Why; empty where nobody was asked.
    reason: String,
    command: words::id::CommandId,
}

#[derive(Template)]
#[template(path = "agreement_list.html")]
struct ConsentsPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    desks: Vec<DeskRow>,
    consents: Vec<ConsentRow>,
    requests: Vec<RequestRow>,
    may_record: bool,
    /// Whether somebody whose consent is listed has died: each is to be looked at again (domain section 4.2).
    any_dead: bool,
    may_set_aside: bool,
    aside: usize,
    provisions: Vec<ProvisionRow>,
    history: Vec<DeskRow>,
    may_exclude: bool,
    exclusions: Vec<ExclusionRow>,
    /// Whom one can keep out, by their desk.
    staff: Vec<(String, Vec<Choice>)>,
    reasons: Vec<Choice>,
    /// Whether whoever is chosen is the viewer, who has to say that it is meant.
    oneself: bool,
}

async fn page(req: &Req, form: Form) -> Result<(ConsentsPage, Receipt), Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = casefile::load(&mut look, id).await?;
    let frame = req.frame();
    let part = casefile::desk_list(&mut look.conn(), m, id).await?;
    let history = casefile::accountable_history(&mut look.conn(), m, id).await?;
    let provided = terms::load_provisions(&mut look, &loaded).await?;
    let consents = terms::load_with_struck(&mut look, &loaded).await?;
    let asked = consent::requests(&mut look.conn(), m, [id]).await?;
    let members = loaded.members.iter().map(|p| p.id);
    let aside = consent::set_asides(&mut look.conn(), m, members).await?;
    let desks: Vec<DeskId> = part
        .iter()
        .map(|p| p.0)
        .chain(history.iter().map(|h| h.0))
        .chain(provided.iter().map(|p| p.desk))
        .chain(asked.iter().map(|r| r.desk))
        .collect();
    let names = terms::names(&mut look, &mut loaded, &consents, desks).await?;
    let may = |action| access::may(&viewer, action, &loaded.relation).is_ok();
    let may_exclude = may(Action::Exclude);
    let (exclusions, staff) = if may_exclude {
        exclusions(&mut look, req, &frame, &form, id).await?
    } else {
        (Vec::new(), Vec::new())
    };
    let row = |(desk, since, why): &(DeskId, words::Instant, String)| DeskRow {
        name: names.desks.get(desk).cloned().unwrap_or_default(),
        since: frame.day(&since.day()),
        why: frame.t.code("case_why", why),
    };
    let page = ConsentsPage {
        desks: part.iter().map(row).collect(),
        history: history.iter().map(row).collect(),
        requests: request_rows(&frame, &loaded, (&asked, &aside), &names, &viewer),
        may_record: may(Action::RecordConsent),
        any_dead: consents.iter().any(|c| c.ends_with_death(names.dead.contains(&c.person), frame.now.day())),
        may_set_aside: may(Action::SetAside),
        aside: aside.len(),
        consents: consents.iter().map(|c| terms::row(&frame, &loaded, c, &names, &viewer)).collect(),
        provisions: terms::provision_rows(&frame, &provided, &names),
        may_exclude,
        exclusions,
        staff,
        reasons: ExclusionReason::ALL
            .iter()
            .map(|r| Choice::new(&form, "reason", r.code(), frame.t.code("exclusion_reason", r)))
            .collect(),
        head: CaseHead::new(&frame, &loaded, &viewer),
        oneself: form.value("user") == viewer.user.to_string(),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// What was asked of people the viewer knows, as long as it led to no consent.
fn request_rows(
    frame: &Frame,
    loaded: &casefile::Loaded,
    (asked, aside): (&[Request], &[SetAside]),
    names: &terms::Names,
    viewer: &access::Viewer,
) -> Vec<RequestRow> {
    let known = |r: &&Request| loaded.members.iter().any(|p| p.id == r.person);
    let open = |r: &&Request| matches!(r.state, RequestState::Requested | RequestState::Refused);
    asked
        .iter()
        .filter(|r| crate::request::shown_to(r, viewer, loaded))
        .filter(known)
        .filter(open)
        .map(|r| RequestRow {
            href: link::consent_request(r.case, r.id),
            whose: loaded
                .members
                .iter()
                .find(|p| p.id == r.person)
                .map(|p| p.called().to_owned())
                .filter(|n| !n.is_empty())
                .unwrap_or_else(|| frame.t.s("case_consents.someone").to_owned()),
            // A no of somebody who may not speak for the person is no no of the person.
            state: if r.state == RequestState::Refused && !r.refused(aside) {
                frame.t.s("agreement.refusal_not_counted").to_owned()
            } else {
                frame.t.code("request_state", r.state)
            },
            open: r.state == RequestState::Requested,
            day: frame.day(&r.answered_at.unwrap_or(r.asked_at).day()),
            desk: names.desks.get(&r.desk).cloned().unwrap_or_default(),
        })
        .collect()
}

/// Who is kept out, and who could be.
async fn exclusions(
    look: &mut Look,
    req: &Req,
    frame: &Frame,
    form: &Form,
    case: CaseId,
) -> Result<(Vec<ExclusionRow>, Vec<(String, Vec<Choice>)>), Fail> {
    let (m, now) = (look.viewer().municipality, look.now());
    let out = casefile::exclusion_list(&mut look.conn(), m, case, now).await?;
    let names = register::user_names(&mut look.conn(), m, out.iter().map(|x| x.user)).await?;
    let staff = casefile::staff_list(&mut look.conn(), m).await?;
    let rows = out
        .iter()
        .map(|x| ExclusionRow {
            user: x.user,
            name: names.get(&x.user).cloned().unwrap_or_default(),
            since: frame.day(&x.since.day()),
            reason: if x.reason.is_empty() {
                String::new()
            } else {
                frame.t.code("exclusion_reason", &x.reason)
            },
            command: req.engine().new_id(),
        })
        .collect();
    let staff: Vec<(UserId, String)> =
        staff.into_iter().filter(|(id, _)| !out.iter().any(|x| x.user == *id)).collect();
    Ok((rows, by_desk(look, frame, form, staff).await?))
}

/// Accounts by the desk where they sit first; whoever sits at several has the others beside the name. Two people of the same name are
/// told apart by it.
async fn by_desk(
    look: &mut Look,
    frame: &Frame,
    form: &Form,
    staff: Vec<(UserId, String)>,
) -> Result<Vec<(String, Vec<Choice>)>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let seats: HashMap<UserId, Vec<DeskId>> = register::all_seats(&mut look.conn(), m, today)
        .await?
        .into_iter()
        .map(|(user, seats)| (user, seats.iter().map(|s| s.desk).collect()))
        .collect();
    let names = register::desk_names(&mut look.conn(), m, seats.values().flatten().copied(), today).await?;
    let nowhere = frame.t.s("case_consents.no_desk");
    let mut groups: BTreeMap<String, Vec<Choice>> = BTreeMap::new();
    let mut rest = Vec::new();
    for (user, name) in staff {
        let mut desks: Vec<String> = Vec::new();
        for desk in seats.get(&user).into_iter().flatten().filter_map(|desk| names.get(desk)) {
            if !desks.contains(desk) {
                desks.push(desk.clone());
            }
        }
        let others: &[String] = desks.get(1..).unwrap_or_default();
        let word = if others.is_empty() { name } else { format!("{name}（{}）", frame.t.join(others)) };
        let choice = Choice::new(form, "user", user, word);
        match desks.into_iter().next() {
            Some(desk) => groups.entry(desk).or_default().push(choice),
            None => rest.push(choice),
        }
    }
    let mut groups: Vec<(String, Vec<Choice>)> = groups.into_iter().collect();
    if !rest.is_empty() {
        groups.push((nowhere.to_owned(), rest));
    }
    Ok(groups)
}

/// GET /cases/{id}/consents.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

/// POST /cases/{id}/exclusions.
pub(crate) async fn exclude(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let mut form = req.form();
    let user: Option<UserId> = form.id("user", Need::Required);
    let reason = form.code::<ExclusionReason>("reason", Need::Required);
    let (Some(user), Some(reason)) = (user, reason) else {
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    // Whoever is out cannot let anybody in again: that is meant, or it is a slip in a long list.
    if req.ctx()?.viewer.user == user && form.value("sure") != "yes" {
        form.problem("user", "case.exclude_oneself");
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    }
    let done = match casefile::exclude(&req, id, user, reason).await {
        Ok(done) => done,
        Err(Fail::Refused(why)) if why.key == "case.already_excluded" => {
            form.problem("user", why.key);
            let (page, receipt) = page(&req, form).await?;
            return Answer::again(page.render(), receipt);
        }
        Err(other) => return Err(other),
    };
    // Whoever keeps themselves out does not see the case any more, from now on.
    let own = req.ctx()?.viewer.user == user;
    let to = if own { link::CASES.to_owned() } else { link::case_consents(id) };
    Ok(Answer::to(&to, "case_excluded", done.receipt()))
}

/// POST /cases/{id}/exclusions/end.
pub(crate) async fn include(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let user: UserId = req.body().get("user").and_then(|v| v.parse().ok()).ok_or(Fail::NotVisible)?;
    let done = casefile::include(&req, id, user).await?;
    Ok(Answer::to(&link::case_consents(id), "case_included", done.receipt()))
}
