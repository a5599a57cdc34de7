//! Putting the page of one consultation together: load sealed, disclose, and only then show.

use access::{Action, Category, Disclosed, may};
use engine::{Broken, Ctx, Fail, Look};
use household::{Entry, Field, Person, Reasons, entry, person};
use site::{Form, Frame, link};
use words::code::Code;
use words::id::{CaseId, ConsultationId};

use crate::facts::{ConsultationFacts, Header};
use crate::rules::{ConsultationState, name_person};
use crate::sql::{self, Loaded};
use crate::town;
use crate::views::{self, ConsultationPage, FactsView};

/// A consultation with everything of it this person may see. `None` where nothing may be seen.
pub(crate) struct Seen {
    pub header: Header,
    pub facts: Option<Disclosed<ConsultationFacts>>,
    pub entries: Vec<Disclosed<Entry>>,
    pub people: Vec<Disclosed<Person>>,
    /// The bases of what is known of the people.
    pub known_by: Reasons,
}

/// Loads and discloses one consultation.
pub(crate) async fn seen(look: &mut Look, id: ConsultationId) -> Result<Option<Seen>, Broken> {
    let viewer = look.viewer().clone();
    let Some(Loaded { header, facts }) = sql::by_id(&mut look.conn(), &viewer, id).await? else {
        return Ok(None);
    };
    let facts = look.disclose_one(facts).await?;
    let mut sealed = entry::of_consultation(&mut look.conn(), &viewer, id).await?;
    if let Some(sheet) = header.sheet {
        sealed.extend(entry::of_sheet(&mut look.conn(), &viewer, sheet).await?);
    }
    let entries = look.disclose(sealed).await?;
    if facts.is_none() && entries.is_empty() {
        return Ok(None);
    }
    let mut known_by = Reasons::default();
    let people = match header.household {
        Some(household) => {
            let sealed = person::members(&mut look.conn(), &viewer, household).await?;
            household::known(look, sealed, &mut known_by).await?
        }
        None => Vec::new(),
    };
    Ok(Some(Seen { header, facts, entries, people, known_by }))
}

/// The page of a consultation. `form` is what a refused decision had typed.
pub(crate) async fn page(
    ctx: &Ctx,
    look: &mut Look,
    mut frame: Frame,
    seen: Seen,
    form: Form,
) -> Result<ConsultationPage, Fail> {
    let Seen { header, facts, entries, people, known_by } = seen;
    let asked_on = header.recorded_at.day();
    let (words, asked) =
        town::words_then(look, &frame.t, town::CONSULTATION, asked_on, town::CONSULTATION_WORDS).await?;
    frame.t = words;
    let mut reasons = known_by;
    if let Some(facts) = &facts {
        reasons.of(facts);
    }
    reasons.of_all(&entries);
    let (municipality, today) = (ctx.viewer.municipality, ctx.now.day());
    let staff = register::user_names(&mut look.conn(), municipality, header.author).await?;
    let desks = register::desk_names(&mut look.conn(), municipality, [header.desk], today).await?;
    let own = sql::cases_with_a_part(&mut look.conn(), &ctx.viewer, header.household).await?;
    let (due, ended) = sql::decision(&mut look.conn(), ctx.viewer.municipality, header.id).await?;
    let areas = match facts.as_ref().and_then(|f| f.area) {
        Some(_) => register::areas(&mut look.conn(), ctx.viewer.municipality, "").await?,
        None => Vec::new(),
    };
    let t = frame.t.clone();
    let (answers, entries): (Vec<_>, Vec<_>) = entries.into_iter().partition(|e| e.answers.is_some());
    let mut filled = sheets::of_consultation(&mut look.conn(), municipality, header.id).await?;
    if let (None, Some(sheet)) = (&filled, header.sheet) {
        filled = sheets::of_connecting(&mut look.conn(), municipality, sheet).await?;
    }
    let town = town::read_back(look, &frame, filled, &answers).await?;
    let texts = views::texts(look, &frame, entries).await?;
    // Whatever tells of who informed stands on no paper, and a paper of nothing is none.
    let paper = facts.as_ref().is_some_and(|f| !f.facts().categories.has(Category::Informant))
        || texts.iter().any(|v| !v.unprinted);
    let first = Field::Consideration.code();
    let (consideration, mut texts): (Vec<_>, Vec<_>) = texts.into_iter().partition(|v| v.field == first);
    texts.sort_by_key(|v| order(&asked, &v.field));
    let view = facts.as_ref().map(|f| facts_view(&frame, f, &areas));
    let cases: Vec<CaseId> = facts.as_ref().map(|f| f.facts().cases.clone()).unwrap_or_default();
    let relation = header.relation(cases);
    let may_do = |action| may(&ctx.viewer, action, &relation).is_ok();
    let open = header.state == ConsultationState::Open;
    let anonymous = facts.as_ref().is_none_or(|f| f.person.is_none());
    let title = title(&frame, &people, facts.as_deref(), header.third_party, anonymous);
    let case = header.case.map(|id| {
        let number = own.iter().find(|c| c.id == id).map(|c| c.number.clone());
        (link::case(id), number.unwrap_or_default())
    });
    Ok(ConsultationPage {
        town,
        commands: std::array::from_fn(|_| ctx.engine.new_id()),
        reasons: reasons.sentences(&t),
        id: header.id,
        version: header.version,
        title,
        state: header.state.to_string(),
        state_word: t.code("consultation_state", header.state),
        urgency: header.urgency.to_string(),
        urgency_word: t.code("urgency", header.urgency),
        when: views::moment(&frame, header.occurred_at),
        when_iso: header.occurred_at.iso(),
        author: header.author.and_then(|a| staff.get(&a)).cloned().unwrap_or_default(),
        desk: desks.get(&header.desk).cloned().unwrap_or_default(),
        third_party: header.third_party,
        paper,
        facts: view,
        consideration,
        texts,
        members: people.iter().map(|p| views::member(&frame, p)).collect(),
        household: header.household.filter(|_| !people.is_empty()).map(link::household),
        can_dispose: open && may_do(Action::DisposeConsultation),
        can_triage: header.state != ConsultationState::EnteredInError && may_do(Action::Triage),
        triage: link::triage_consultation(header.id),
        can_name: name_person(header.standing()).is_ok() && may_do(Action::EditHousehold),
        can_erase: matches!(header.state, ConsultationState::Open | ConsultationState::Answered)
            && may_do(Action::MarkInError),
        reports: (header.case.is_none() && !people.is_empty() && may_do(Action::AskForReport))
            .then(|| link::consultation_reports(header.id)),
        keep: (header.case.is_none() && may_do(Action::HoldRecord))
            .then(|| link::consultation_keep(header.id)),
        due: due.filter(|_| open).map(|d| frame.moment(&d)).unwrap_or_default(),
        due_late: due.is_some_and(|d| d < frame.now),
        history: history(&frame, &header, ended),
        case,
        own_cases: own.iter().filter(|c| c.ours).map(|c| (c.id.to_string(), c.number.clone())).collect(),
        sheet: header.sheet.map(link::sheet),
        help_lines: help_lines(&frame),
        form,
        frame,
    })
}

/// Whom to call first, before writing anything.
pub(crate) fn help_lines(frame: &Frame) -> Vec<String> {
    ["help.fire", "help.police", "help.child", "help.partner"].map(|k| frame.t.s(k).to_owned()).into()
}

/// The texts in the order they were asked in; what was promised afterwards comes last.
fn order(asked: &[String], field: &str) -> usize {
    asked.iter().position(|core| core == field).unwrap_or(usize::MAX)
}

fn title(
    frame: &Frame,
    people: &[Disclosed<Person>],
    facts: Option<&ConsultationFacts>,
    third_party: bool,
    anonymous: bool,
) -> String {
    let t = &frame.t;
    let name =
        facts.and_then(|f| f.person).and_then(|id| people.iter().find(|p| p.id == id)).map(|p| p.called());
    match name {
        Some(name) if !name.is_empty() => t.f("intake.title_of", "name", name),
        _ if third_party => t.s("intake.title_third_party").to_owned(),
        _ if anonymous => t.s("intake.title_anonymous").to_owned(),
        _ => t.s("intake.title_plain").to_owned(),
    }
}

fn facts_view(frame: &Frame, f: &ConsultationFacts, areas: &[register::AreaInfo]) -> FactsView {
    let t = &frame.t;
    let area = f.area.and_then(|id| areas.iter().find(|a| a.id == id)).map(|a| a.name.clone());
    FactsView {
        channel: t.code("channel", f.channel),
        route: t.code("route", f.route),
        came_as: f.came_as.clone(),
        place: f.place.clone(),
        topics: f.topics.iter().map(|m| t.code("matter", m)).collect(),
        area: area.unwrap_or_default(),
        age_band: if f.age_band.is_empty() { String::new() } else { t.code("age_band", &f.age_band) },
    }
}

fn history(frame: &Frame, header: &Header, ended: Option<words::Instant>) -> Vec<(String, String)> {
    let t = &frame.t;
    let mut lines = vec![(frame.moment(&header.recorded_at), t.s("intake.history_written").to_owned())];
    if let (Some(at), Some(d)) = (ended, header.disposition) {
        lines.push((frame.moment(&at), t.code("disposition", d)));
    }
    if let (Some(at), ConsultationState::EnteredInError) = (ended, header.state) {
        lines.push((frame.moment(&at), t.code("consultation_state", header.state)));
    }
    lines
}
