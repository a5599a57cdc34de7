//! A household.

use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use engine::{Channel, Fail, Look};
use site::{Answer, Form, Frame, Req, link};
use words::id::HouseholdId;

use super::{read_person, to};
use crate::member::household_name;
use crate::{EntryView, MemberView, NewPerson, Person, Reasons, acts, also_recorded, entry, person, sql};

/// A record of the household.
struct Line {
    href: String,
    word: String,
    state: String,
}

#[derive(Template)]
#[template(path = "household_page.html")]
struct HomePage {
    frame: Frame,
    form: Form,
    id: HouseholdId,
    name: String,
    own: bool,
    nameless: bool,
    reasons: Vec<String>,
    considerations: Vec<EntryView>,
    members: Vec<MemberView>,
    former: Vec<MemberView>,
    records: Vec<Line>,
    /// Records of the same people that this viewer may see too.
    also: Vec<Line>,
}

async fn page(req: &Req, form: Form) -> Result<(HomePage, engine::Receipt), Fail> {
    let id: HouseholdId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let desks = viewer.reading_desks();
    let header = sql::header(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    if !viewer.excluded_from.is_empty() {
        let cases = sql::cases(&mut look.conn(), m, id).await?;
        if cases.iter().any(|c| viewer.excluded_from.contains(c)) {
            return Err(Fail::NotVisible);
        }
    }
    let own = desks.contains(&header.desk);
    let frame = req.frame();
    let mut reasons = Reasons::default();
    let members = person::members(&mut look.conn(), &viewer, id).await?;
    let members = look.disclose(members).await?;
    let former = person::former_members(&mut look.conn(), &viewer, id).await?;
    let former = look.disclose(former).await?;
    if !own && members.is_empty() && former.is_empty() {
        return Err(Fail::NotVisible);
    }
    reasons.of_all(&members);
    reasons.of_all(&former);
    let also = also(&mut look, &frame, &members, &mut reasons).await?;
    let considerations = entry::considerations(&mut look.conn(), &viewer, id).await?;
    let considerations = look.disclose(considerations).await?;
    reasons.of_all(&considerations);
    let considerations = EntryView::build(&mut look, &frame, considerations).await?;
    let mut records = Vec::new();
    for c in sql::case_list(&mut look.conn(), m, id, &desks).await? {
        let number = format!("{}-{:05}", c.fiscal_year, c.number);
        records.push(Line {
            href: link::case(c.id),
            word: frame.t.f("household_page.case", "number", number),
            state: frame.t.code("case_state_short", c.state),
        });
    }
    for (consultation, at) in sql::consultation_list(&mut look.conn(), m, id, &desks).await? {
        records.push(Line {
            href: link::consultation(consultation),
            word: frame.t.f("household_page.consultation", "day", frame.day(&at.day())),
            state: String::new(),
        });
    }
    let page = HomePage {
        id,
        name: household_name(&frame.t, &members),
        own,
        nameless: members.iter().all(|p| p.called().is_empty()),
        reasons: reasons.sentences(&frame.t),
        considerations,
        members: MemberView::all(&frame, &viewer, &members),
        former: MemberView::all(&frame, &viewer, &former),
        records,
        also,
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// Where members are recorded once more, as people have linked them.
async fn also(
    look: &mut Look,
    frame: &Frame,
    members: &[Disclosed<Person>],
    reasons: &mut Reasons,
) -> Result<Vec<Line>, Fail> {
    let of: Vec<_> = members.iter().map(|p| p.id).collect();
    let found = also_recorded(look, &of).await?;
    let (m, today) = (look.viewer().municipality, look.now().day());
    let desks = register::desk_names(&mut look.conn(), m, found.iter().map(|(_, p)| p.desk), today).await?;
    let called = |p: &Disclosed<Person>| match p.called() {
        "" => frame.t.s("member.someone").to_owned(),
        name => name.to_owned(),
    };
    Ok(found
        .iter()
        .map(|(member, p)| {
            reasons.of(p);
            let who = members.iter().find(|m| m.id == *member).map(called).unwrap_or_default();
            Line {
                href: link::household(p.household),
                word: frame.t.fs("household_page.also_as", &[("who", who), ("name", called(p))]),
                state: desks.get(&p.desk).cloned().unwrap_or_default(),
            }
        })
        .collect())
}

/// GET /households/{id}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let form = super::filled(&NewPerson { lives_together: true, ..NewPerson::default() });
    let (page, receipt) = page(&req, form).await?;
    Answer::page(page.render(), receipt)
}

/// POST /households/{id}/members.
pub(crate) async fn add_member(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: HouseholdId = req.id("id")?;
    let mut form = req.form();
    let new = read_person(&mut form);
    if form.has_problems() {
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    }
    let done = acts::add_member(&req, id, &new).await?;
    Ok(to(done, "household_member", |_| link::household(id)))
}
