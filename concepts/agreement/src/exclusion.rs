//! 見せない人 (disclosure rule 14): who is kept out of a case, looked for among everybody with an account, named with desk and post before
//! it is done.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use access::Action;
use askama::Template;
use casefile::{CaseHead, ExclusionReason};
use engine::{Channel, Fail, Look, Receipt};
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use words::code::Code;
use words::id::{CaseId, CommandId, DeskId, UserId};
use words::name::{PersonName, name_key, reading_key};

/// Longest words somebody is looked for by.
const Q_MAX: usize = 60;

/// Somebody who is kept out.
pub(crate) struct ExclusionRow {
    pub user: UserId,
    pub name: String,
    /// Desk and post: two people of the same name are told apart by it.
    pub seats: String,
    pub since: String,
    /// Why; empty where nobody was asked.
    pub reason: String,
    pub command: CommandId,
}

/// Where somebody sits: the desk's name and the post, in the order of their seats.
type Seats = HashMap<UserId, Vec<(String, String)>>;

async fn seats(look: &mut Look, t: &T) -> Result<Seats, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let all = register::all_seats(&mut look.conn(), m, today).await?;
    let desks: Vec<DeskId> = all.iter().flat_map(|(_, seats)| seats.iter().map(|s| s.desk)).collect();
    let names = register::desk_names(&mut look.conn(), m, desks, today).await?;
    Ok(all
        .into_iter()
        .map(|(user, seats)| {
            let mut sits: Vec<(String, String)> = Vec::new();
            for seat in seats {
                let desk = names.get(&seat.desk).cloned().unwrap_or_default();
                let post = t.code("role", seat.role);
                if !sits.contains(&(desk.clone(), post.clone())) {
                    sits.push((desk, post));
                }
            }
            (user, sits)
        })
        .collect())
}

/// Desk and post of each seat, in one line.
fn said(t: &T, seats: Option<&Vec<(String, String)>>) -> String {
    let each = seats.into_iter().flatten().map(|(desk, post)| format!("{desk} {post}"));
    t.join(&each.collect::<Vec<_>>())
}

/// Whether somebody is one of those looked for: by a part of the name or of its reading, or of the name of a desk where they sit. No
/// words: everybody.
fn fits(q: &str, name: &PersonName, seats: &[(String, String)]) -> bool {
    let (key, read) = (name_key(q), reading_key(q));
    let has = |text: &str| name_key(text).contains(&key);
    let sounds = || !read.is_empty() && name.reading_key().is_some_and(|own| own.contains(&read));
    key.is_empty() || has(&name.written) || sounds() || seats.iter().any(|(desk, _)| has(desk))
}

/// Who is kept out now, for whoever decides about it.
pub(crate) async fn rows(
    look: &mut Look,
    req: &Req,
    frame: &Frame,
    case: CaseId,
) -> Result<Vec<ExclusionRow>, Fail> {
    let (m, now) = (look.viewer().municipality, look.now());
    let out = casefile::exclusion_list(&mut look.conn(), m, case, now).await?;
    let names = register::user_names(&mut look.conn(), m, out.iter().map(|x| x.user)).await?;
    let seats = if out.is_empty() { Seats::new() } else { seats(look, &frame.t).await? };
    let reason = |code: &String| match code.as_str() {
        "" => String::new(),
        code => frame.t.code("exclusion_reason", code),
    };
    Ok(out
        .iter()
        .map(|x| ExclusionRow {
            user: x.user,
            name: names.get(&x.user).cloned().unwrap_or_default(),
            seats: said(&frame.t, seats.get(&x.user)),
            since: frame.day(&x.since.day()),
            reason: reason(&x.reason),
            command: req.engine().new_id(),
        })
        .collect())
}

/// What is asked to be confirmed.
struct Chosen {
    user: UserId,
    name: String,
    seats: String,
    reason: String,
    why: String,
    /// Whether it is the viewer, who has to say that it is meant.
    oneself: bool,
}

#[derive(Template)]
#[template(path = "agreement_exclude.html")]
struct ExcludePage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    q: String,
    /// Whom one can keep out, by the desk where they sit first.
    staff: Vec<(String, Vec<Choice>)>,
    reasons: Vec<Choice>,
    found: usize,
    chosen: Option<Chosen>,
    commands: [CommandId; 2],
}

/// Accounts by the desk where they sit first. Desk and post stand beside each name too: what was chosen is read without its group.
fn by_desk(
    t: &T,
    form: &Form,
    staff: Vec<(UserId, PersonName)>,
    seats: &Seats,
) -> Vec<(String, Vec<Choice>)> {
    let mut groups: BTreeMap<String, Vec<Choice>> = BTreeMap::new();
    let mut rest = Vec::new();
    for (user, name) in staff {
        let sits = seats.get(&user).filter(|s| !s.is_empty());
        match sits.and_then(|s| s.first()) {
            Some((desk, _)) => {
                let words = [("name", name.written), ("seats", said(t, sits))];
                let choice = Choice::new(form, "user", user, t.fs("case_consents.who_where", &words));
                groups.entry(desk.clone()).or_default().push(choice);
            }
            None => rest.push(Choice::new(form, "user", user, name.written)),
        }
    }
    let mut groups: Vec<(String, Vec<Choice>)> = groups.into_iter().collect();
    if !rest.is_empty() {
        groups.push((t.s("case_consents.no_desk").to_owned(), rest));
    }
    groups
}

async fn page(req: &Req, mut form: Form, confirm: bool) -> Result<(ExcludePage, Receipt), Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let mut look = ctx.look(Channel::Page).await?;
    let loaded = casefile::load(&mut look, id).await?;
    if let Err(denied) = access::may(&viewer, Action::Exclude, &loaded.relation) {
        return Err(casefile::for_leads(&mut look, &req.frame().t, &loaded, denied).await?);
    }
    let frame = req.frame();
    let q: String = form.value("q").trim().chars().take(Q_MAX).collect();
    let out = casefile::exclusion_list(&mut look.conn(), viewer.municipality, id, ctx.now).await?;
    let all = casefile::staff_list(&mut look.conn(), viewer.municipality).await?;
    let seats = seats(&mut look, &frame.t).await?;
    let staff: Vec<(UserId, PersonName)> =
        all.into_iter().filter(|(user, _)| !out.iter().any(|x| x.user == *user)).collect();
    let chosen = if confirm { chosen(&frame, &mut form, &staff, &seats, viewer.user) } else { None };
    let kept = |user: &UserId| form.chose("user", user);
    let staff: Vec<(UserId, PersonName)> = staff
        .into_iter()
        .filter(|(user, name)| {
            let sits = seats.get(user).map_or(&[][..], Vec::as_slice);
            // Whoever was chosen stays chosen, whatever is looked for.
            fits(&q, name, sits) || kept(user)
        })
        .collect();
    let page = ExcludePage {
        found: staff.len(),
        staff: by_desk(&frame.t, &form, staff, &seats),
        reasons: ExclusionReason::ALL
            .iter()
            .map(|r| Choice::new(&form, "reason", r.code(), frame.t.code("exclusion_reason", r)))
            .collect(),
        chosen,
        q,
        head: CaseHead::new(&frame, &loaded, &viewer),
        commands: std::array::from_fn(|_| req.engine().new_id()),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// Whom and why, to be confirmed; nothing with the problems beside their fields.
fn chosen(
    frame: &Frame,
    form: &mut Form,
    staff: &[(UserId, PersonName)],
    seats: &Seats,
    viewer: UserId,
) -> Option<Chosen> {
    let user: Option<UserId> = form.id("user", Need::Required);
    let reason: Option<ExclusionReason> = form.code("reason", Need::Required);
    let found = user.map(|user| (user, staff.iter().find(|(id, _)| *id == user)));
    if let Some((_, None)) = found {
        form.problem("user", "case.already_excluded");
    }
    let ((user, Some((_, name))), reason) = (found?, reason?) else { return None };
    Some(Chosen {
        user,
        name: name.written.clone(),
        seats: match said(&frame.t, seats.get(&user)) {
            seats if seats.is_empty() => frame.t.s("case_consents.no_desk").to_owned(),
            seats => seats,
        },
        why: frame.t.code("exclusion_reason", reason),
        reason: reason.code().to_owned(),
        oneself: user == viewer,
    })
}

/// GET /cases/{id}/exclusions/new
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::default(), false).await?;
    Answer::page(page.render(), receipt)
}

/// POST /cases/{id}/exclusions/new: somebody is looked for, or what was chosen is shown to be confirmed. Nothing is stored. Names are
/// sent in the body, never in an address.
pub(crate) async fn choose(req: Arc<Req>) -> Result<Answer, Fail> {
    let form = req.form();
    let confirm = form.value("step") == "check";
    let (page, receipt) = page(&req, form, confirm).await?;
    if page.form.has_problems() {
        Answer::again(page.render(), receipt)
    } else {
        Answer::page(page.render(), receipt)
    }
}

/// POST /cases/{id}/exclusions.
pub(crate) async fn exclude(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let mut form = req.form();
    let user: Option<UserId> = form.id("user", Need::Required);
    let reason = form.code::<ExclusionReason>("reason", Need::Required);
    let (Some(user), Some(reason)) = (user, reason) else {
        let (page, receipt) = page(&req, form, false).await?;
        return Answer::again(page.render(), receipt);
    };
    // Whoever is out cannot let anybody in again: that is meant, or it is a slip in a long list.
    if req.ctx()?.viewer.user == user && form.value("sure") != "yes" {
        form.problem("sure", "case.exclude_oneself");
        let (page, receipt) = page(&req, form, true).await?;
        return Answer::again(page.render(), receipt);
    }
    let done = match casefile::exclude(&req, id, user, reason).await {
        Ok(done) => done,
        Err(Fail::Refused(why)) if why.key == "case.already_excluded" => {
            form.problem("user", why.key);
            let (page, receipt) = page(&req, form, false).await?;
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
    match casefile::include(&req, id, user).await {
        Ok(done) => Ok(Answer::to(&link::case_consents(id), "case_included", done.receipt())),
        // A second click, or a tab from before: it is done, and the list says so.
        Err(Fail::Refused(why)) if why.key == "case.not_excluded" => {
            let receipt = Receipt::nothing_personal("nobody is kept out any more; nothing is shown");
            Ok(Answer::to(&link::case_consents(id), "case_included_before", receipt))
        }
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::fits;
    use words::name::PersonName;

    #[test]
    fn somebody_is_found_by_a_part_of_the_name_or_of_the_desk() {
        let sits = vec![("市社協".to_owned(), "推進員".to_owned())];
        let ai = PersonName::new("青木 藍", Some("アオキ アイ".to_owned()));
        assert!(fits("", &ai, &[]));
        assert!(fits("青木", &ai, &sits) && fits("社協", &ai, &sits));
        assert!(fits("青木藍", &ai, &sits), "with or without a space");
        assert!(!fits("田中", &ai, &sits) && !fits("社協", &ai, &[]));
        // As they are read, in either kana, with or without a space.
        for q in ["あおき", "アオキ　アイ", "おきあ"] {
            assert!(fits(q, &ai, &[]), "{q}");
        }
        assert!(!fits("たなか", &ai, &sits) && !fits("あおき", &PersonName::new("青木 藍", None), &[]));
    }
}
