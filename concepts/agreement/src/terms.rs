//! The consents of a case as far as they are for a viewer to see, with the names they need.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::{Action, Categories, Category, Relation, Viewer};
use casefile::{Loaded, Provided};
use consent::{Because, Consent, ConsentState, FieldTerms, Follow, Recipient, Sight};
use engine::{Act, Fail, Look};
use household::Person;
use site::{Frame, link};
use words::id::{AgencyId, CaseId, ConsentId, DeskId, PersonId};
use words::partial::PartialDate;

/// Whom a consent names, and since when it holds for them.
pub(crate) struct RecipientRow {
    pub name: String,
    pub since: String,
    /// The agencies a category stands for.
    pub agencies: Vec<String>,
}

/// A consent, as lists and pages show it.
pub(crate) struct ConsentRow {
    /// Its own page.
    pub href: String,
    pub whose: String,
    pub given: String,
    pub recipients: Vec<RecipientRow>,
    pub categories: Vec<String>,
    pub purposes: String,
    pub from: String,
    pub until: String,
    pub state: String,
    pub holds: bool,
    /// Whether the viewer may write down that it is withdrawn, and may know who holds what under it.
    pub may_withdraw: bool,
    /// Whether there is something to withdraw, too: also before it begins.
    pub can_withdraw: bool,
    /// It ends within the time in which somebody is told, or has ended by its day: it can be renewed.
    pub may_renew: bool,
    /// Whoever it is about has died.
    pub died: bool,
    /// Whether it can be ended because of that, by the viewer.
    pub may_end_by_death: bool,
    /// Whether the viewer may mark it as written down by mistake.
    pub may_mark: bool,
    /// Written down by mistake: it counts for nothing, and is shown struck to the desk that wrote it.
    pub struck: bool,
    /// Its version.
    pub version: i64,
    /// The one whose place it took, and the one that took its place, where the viewer may see them.
    pub before: Option<Linked>,
    pub after: Option<Linked>,
}

/// A consent that another one leads to.
pub(crate) struct Linked {
    pub href: String,
    /// When it was given, to whom, and how it came into the other's place.
    pub words: String,
}

/// What was handed over under an article.
pub(crate) struct ProvisionRow {
    pub desk: String,
    pub article: String,
    pub categories: Vec<String>,
    pub since: String,
    pub records: i64,
}

/// What the rows need beside the consents.
pub(crate) struct Names {
    pub desks: HashMap<DeskId, String>,
    pub agencies: BTreeMap<AgencyId, String>,
    pub persons: BTreeMap<PersonId, String>,
    /// Who has died, and when: see [`deaths`].
    pub dead: BTreeMap<PersonId, PartialDate>,
}

/// Whether one of the viewer's desks is accountable for the case.
pub(crate) fn is_accountable(viewer: &Viewer, loaded: &Loaded) -> bool {
    loaded.header.accountable.is_some_and(|desk| viewer.reading_desks().contains(&desk))
}

/// The consents of a case that are for this viewer to see: given in it, or by a member the viewer knows.
///
/// A part in the case is not enough: each desk sees what it recorded and what names it; the accountable desk also
/// what was given in the case. Of the recipients a desk that is only named sees itself, and not who else was told.
pub(crate) async fn load_consents(look: &mut Look, loaded: &Loaded) -> Result<Vec<Consent>, Fail> {
    let mut consents = load_with_struck(look, loaded).await?;
    consents.retain(|c| c.state != ConsentState::EnteredInError);
    Ok(consents)
}

/// The same, with those that the viewer's desk wrote down by mistake.
pub(crate) async fn load_with_struck(look: &mut Look, loaded: &Loaded) -> Result<Vec<Consent>, Fail> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let mut consents = consent::of_case(&mut look.conn(), m, loaded.header.id).await?;
    let members = loaded.members.iter().map(|p| p.id);
    for c in consent::of_persons(&mut look.conn(), m, members).await? {
        if !consents.iter().any(|known| known.id == c.id) {
            consents.push(c);
        }
    }
    let accountable = is_accountable(&viewer, loaded);
    let accountable_for = |c: &Consent| accountable && c.case == Some(loaded.header.id);
    consents.retain(|c| c.shown_to(&viewer, accountable_for(c)) || c.struck_for(&viewer));
    for c in consents.iter_mut().filter(|c| !c.recorded_by(&viewer)) {
        if !accountable_for(c) {
            c.narrow(&viewer);
        }
    }
    consents.sort_by_key(|c| std::cmp::Reverse((c.given_at, c.id)));
    Ok(consents)
}

/// A consent of this case whose terms are for the acting person to see; absent otherwise.
pub(crate) async fn visible(
    act: &mut Act,
    header: &casefile::CaseHeader,
    id: ConsentId,
) -> Result<Consent, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let found = consent::by_id(&mut act.facts()?, viewer.municipality, id).await?;
    let found = found.ok_or(Fail::NotVisible)?;
    let given_here = found.case == Some(header.id);
    let accountable = header.accountable.is_some_and(|d| viewer.reading_desks().contains(&d));
    if !found.shown_to(&viewer, accountable && given_here) {
        return Err(Fail::NotVisible);
    }
    if given_here {
        return Ok(found);
    }
    let sealed = household::person::by_ids(&mut act.facts()?, &viewer, [found.person]).await?;
    let shown = act.disclose(sealed).await?;
    if shown.iter().any(|p| p.household == header.household) { Ok(found) } else { Err(Fail::NotVisible) }
}

/// How desks stand to a consent of a case: the desk that recorded it can write down that it was withdrawn, and so
/// can the desk accountable for the case.
pub(crate) fn relation_of(case: &Relation, consent: &Consent) -> Relation {
    let mut relation = case.clone();
    relation.author = Some(consent.desk);
    relation
}

/// What was handed over under an article, as far as the viewer's desk gave it, received it, or is accountable.
pub(crate) async fn load_provisions(look: &mut Look, loaded: &Loaded) -> Result<Vec<Provided>, Fail> {
    let viewer = look.viewer().clone();
    let own = viewer.reading_desks();
    let accountable = is_accountable(&viewer, loaded);
    let m = viewer.municipality;
    let mut provided = casefile::provision_list(&mut look.conn(), m, loaded.header.id).await?;
    provided.retain(|p| accountable || own.contains(&p.desk) || own.contains(&p.from));
    Ok(provided)
}

/// Those of them that are told to the person: what was passed on about them, and nothing of violence or abuse. That another desk was told
/// of their child is no matter of their consent, and a notice of abuse (通告・通報) is never handed to whom it may be about (disclosure rule 4).
pub(crate) async fn provided_about(
    look: &mut Look,
    loaded: &Loaded,
    person: PersonId,
) -> Result<Vec<Provided>, Fail> {
    let mut provided = load_provisions(look, loaded).await?;
    provided.retain(|p| {
        p.person == person && !p.categories.has(Category::Violence) && !register::is_notice(&p.article)
    });
    Ok(provided)
}

/// The names that these consents and desks need.
pub(crate) async fn names(
    look: &mut Look,
    loaded: &mut Loaded,
    consents: &[Consent],
    mut desks: Vec<DeskId>,
) -> Result<Names, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let mut agencies: Vec<AgencyId> = Vec::new();
    for (recipient, _) in consents.iter().flat_map(|c| &c.recipients) {
        match recipient {
            Recipient::Desk(desk) => desks.push(*desk),
            Recipient::Agency(agency) => agencies.push(*agency),
        }
    }
    agencies.extend(consents.iter().flat_map(|c| &c.fields).flat_map(|f| f.counts.iter().copied()));
    desks.extend(consents.iter().map(|c| c.desk));
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let agencies = casefile::agency_names(&mut look.conn(), m, agencies, today).await?;
    let givers: BTreeSet<PersonId> =
        consents.iter().flat_map(|c| std::iter::once(c.person).chain(c.giver)).collect();
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, givers).await?;
    let persons: Vec<access::Disclosed<Person>> = look.disclose(sealed).await?;
    loaded.reasons.of_all(&persons);
    let dead = deaths(look, &persons).await?;
    Ok(Names {
        desks,
        agencies,
        dead,
        persons: persons.iter().map(|p| (p.id, p.called().to_owned())).collect(),
    })
}

/// When these people died, as their cards say or as the viewer's desks wrote themselves: what the own desk has learnt of a death is as good as
/// what stands on the card, also where another desk wrote the same since. What others alone wrote ends no consent, and keeps nobody from
/// giving one or from taking it back (decision 0045).
pub(crate) async fn deaths(
    look: &mut Look,
    persons: &[access::Disclosed<Person>],
) -> Result<BTreeMap<PersonId, PartialDate>, Fail> {
    let (m, own) = (look.viewer().municipality, look.viewer().reading_desks());
    let ids = persons.iter().map(|p| p.id);
    let written = household::deaths_written_by(&mut look.conn(), m, &own, ids).await?;
    Ok(dead(persons.iter().map(|p| (p.id, p.died_on_card())), &written))
}

fn dead(
    cards: impl IntoIterator<Item = (PersonId, Option<PartialDate>)>,
    written: &BTreeMap<PersonId, PartialDate>,
) -> BTreeMap<PersonId, PartialDate> {
    let died = |(id, card): (PersonId, Option<PartialDate>)| Some((id, card.or(written.get(&id).copied())?));
    cards.into_iter().filter_map(died).collect()
}

/// The words of categories.
pub(crate) fn categories(frame: &Frame, set: Categories) -> Vec<String> {
    set.iter().map(|c| frame.t.code("category", c)).collect()
}

impl Names {
    /// The name of a desk or agency.
    pub fn recipient(&self, recipient: Recipient) -> String {
        match recipient {
            Recipient::Desk(d) => self.desks.get(&d).cloned(),
            Recipient::Agency(a) => self.agencies.get(&a).cloned(),
        }
        .unwrap_or_default()
    }

    /// The name of a person, or that it is somebody of the household.
    pub fn person(&self, frame: &Frame, id: PersonId) -> String {
        let name = self.persons.get(&id).filter(|n| !n.is_empty()).cloned();
        name.unwrap_or_else(|| frame.t.s("case_consents.someone").to_owned())
    }

    /// The agencies a category means today.
    pub fn of_field(&self, terms: &FieldTerms) -> Vec<String> {
        terms.counts.iter().filter_map(|a| self.agencies.get(a).cloned()).collect()
    }
}

/// Where a consent's own page is.
pub(crate) fn href(case: CaseId, id: ConsentId) -> String {
    link::case_consent(case, id)
}

/// Where it stands, in words.
pub(crate) fn state(frame: &Frame, c: &Consent) -> String {
    let (t, today) = (&frame.t, frame.now.day());
    match (c.state, c.until) {
        (ConsentState::Given, _) if c.set_aside_at.is_some() => t.s("agreement.state_set_aside").to_owned(),
        (ConsentState::Given, Some(until)) if until < today => t.s("case_consents.expired").to_owned(),
        (ConsentState::Given, _) if c.from > today => t.s("agreement.state_to_come").to_owned(),
        (ConsentState::Withdrawn, _) => {
            let day = c.withdrawn_at.map(|at| frame.day(&at.day())).unwrap_or_default();
            if c.because == Some(Because::Died) {
                return t.f("consent_death.state", "day", day);
            }
            match c.said_before() {
                Some(said) => t.fs("consent.withdrawn_said", &[("said", frame.day(&said)), ("day", day)]),
                None => t.f("case_consents.withdrawn_on", "day", day),
            }
        }
        (ConsentState::Superseded, _) => match c.followed_by {
            Some((_, how)) => t.code("consent_followed", how),
            None => t.code("consent_state", c.state),
        },
        (state, _) => t.code("consent_state", state),
    }
}

/// Whom it names, in words.
pub(crate) fn recipients(frame: &Frame, c: &Consent, names: &Names) -> Vec<RecipientRow> {
    let (t, today) = (&frame.t, frame.now.day());
    let closed = c.sight(today) == Sight::Closed;
    let since = |at: &Option<words::Instant>| match at.map(|at| c.sees_from(at)) {
        Some(first) if first <= today => t.f("case_consents.since", "day", frame.day(&first)),
        // What was taken back before it began has no first day.
        Some(_) if closed => String::new(),
        Some(first) => t.f("consent.since_from", "day", frame.day(&first)),
        None => t.s("case_consents.not_yet").to_owned(),
    };
    let plain = c.recipients.iter().map(|(recipient, at)| RecipientRow {
        name: names.recipient(*recipient),
        since: since(at),
        agencies: Vec::new(),
    });
    let fields = c.fields.iter().map(|f| {
        let key = if f.named.later { "agreement.field_later" } else { "agreement.field_now" };
        let agencies = names.of_field(f);
        let args = [("field", t.code("field", f.named.field)), ("n", agencies.len().to_string())];
        RecipientRow { name: t.fs(key, &args), since: since(&f.since), agencies }
    });
    plain.chain(fields).collect()
}

/// A consent ready to be shown; `known` are those it may lead to.
pub(crate) fn row(
    frame: &Frame,
    loaded: &Loaded,
    c: &Consent,
    (names, known): (&Names, &[Consent]),
    viewer: &Viewer,
) -> ConsentRow {
    let (t, today, case) = (&frame.t, frame.now.day(), loaded.header.id);
    let relation = relation_of(&loaded.relation, c);
    let may = access::may(viewer, Action::RecordWithdrawal, &relation).is_ok();
    let died = names.dead.contains_key(&c.person);
    let purposes: Vec<String> = c.purposes.iter().map(|p| t.code("purpose", p)).collect();
    let given = [
        ("day", t.full_day(c.given_at.day())),
        ("by", t.code("given_by", c.given_by)),
        ("form", t.code("consent_form", c.form)),
    ];
    ConsentRow {
        href: href(case, c.id),
        whose: names.person(frame, c.person),
        given: t.fs("case_consents.given", &given),
        recipients: recipients(frame, c, names),
        categories: categories(frame, c.categories),
        purposes: t.join(&purposes),
        from: t.full_day(c.from),
        until: c.until.map_or_else(|| t.s("case_consents.no_end").to_owned(), |day| t.full_day(day)),
        holds: c.holds_on(today),
        may_withdraw: may,
        can_withdraw: may && c.withdrawable(today),
        may_renew: may && consent::may_follow(c.state, c.followed_by.is_some()).is_ok(),
        may_end_by_death: may && c.ends_with_death(died, today),
        died,
        may_mark: access::may(viewer, Action::MarkInError, &relation).is_ok()
            && consent::may_be_mistaken(c.state).is_ok(),
        struck: c.state == ConsentState::EnteredInError,
        version: c.version,
        before: linked(frame, case, ("agreement.before", c.follows), known, names),
        after: linked(frame, case, ("agreement.after", c.followed_by), known, names),
        state: state(frame, c),
    }
}

/// Provisions ready to be shown, each under the name its article had then.
pub(crate) fn provision_rows(frame: &Frame, provided: &[Provided], names: &Names) -> Vec<ProvisionRow> {
    provided
        .iter()
        .map(|p| ProvisionRow {
            desk: names.desks.get(&p.desk).cloned().unwrap_or_default(),
            article: if p.article_name.is_empty() { p.article.clone() } else { p.article_name.clone() },
            categories: categories(frame, p.categories),
            since: frame.day(&p.since.day()),
            records: p.records,
        })
        .collect()
}

/// An earlier or a later one by its day and whom it names, among those the viewer may see: of any other nothing is said, as nothing is
/// said of it anywhere else (disclosure rule 2).
fn linked(
    frame: &Frame,
    case: CaseId,
    (key, of): (&str, Option<(ConsentId, Follow)>),
    known: &[Consent],
    names: &Names,
) -> Option<Linked> {
    let (t, (id, how)) = (&frame.t, of?);
    let other = known.iter().find(|c| c.id == id)?;
    let to: Vec<String> = recipients(frame, other, names).into_iter().map(|r| r.name).collect();
    let args = [
        ("day", t.full_day(other.given_at.day())),
        ("to", t.join(&to)),
        ("how", t.code("consent_follow", how)),
    ];
    Some(Linked { href: href(case, id), words: t.fs(key, &args) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_own_desk_wrote_of_a_death_counts_whatever_others_wrote() {
        let who = |n: u128| PersonId::new(uuid::Uuid::from_u128(n));
        let day = PartialDate::of_year(2026);
        let cards = [(who(1), day), (who(2), None), (who(3), None)];
        let written = day.map(|day| (who(2), day)).into_iter().collect();
        let of = |written| dead(cards, written).into_keys().collect::<Vec<_>>();
        assert_eq!(of(&written), [who(1), who(2)]);
        assert_eq!(of(&BTreeMap::new()), [who(1)], "of others nothing counts");
    }
}
