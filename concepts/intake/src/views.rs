//! What the pages of consultations show. Everything personal in here came out of a disclosure.

use std::collections::BTreeSet;

use access::{Categories, Disclosed};
use askama::Template;
use engine::{Broken, Look};
use household::{Entry, EntryView, Person};
use register::AreaInfo;
use site::{Form, Frame, T, link};
use words::code::Code;
use words::id::{CommandId, ConsultationId, DraftId, EntryId};
use words::partial::{AgeBand, PartialDate};
use words::{Day, Instant};

use crate::form::{self, AUTO};
use crate::rules::{Channel, Route, Urgency};

/// An age as far as the birth date says.
pub(crate) fn age(t: &T, birth: Option<PartialDate>, on: Day) -> String {
    let Some(birth) = birth else { return String::new() };
    let range = birth.age_on(on);
    match range.exact() {
        Some(age) => t.f("intake.age", "n", age),
        None => t.f("intake.age", "n", format!("{}-{}", range.min, range.max)),
    }
}

/// A moment; without its time of day when that was not noted.
pub(crate) fn moment(frame: &Frame, at: Instant) -> String {
    if at.hour() == 0 && at.minute() == 0 { frame.day(&at.day()) } else { frame.moment(&at) }
}

/// A code and its word, for a choice.
pub(crate) type Choice = (String, String);

/// Every value of a closed list with its word.
pub(crate) fn choices<C: Code + std::fmt::Display>(
    t: &T,
    list: &str,
    of: impl IntoIterator<Item = C>,
) -> Vec<Choice> {
    of.into_iter().map(|c| (c.to_string(), t.code(list, c))).collect()
}

/// One area to choose, with its system.
pub(crate) struct AreaChoice {
    pub id: String,
    pub label: String,
}

/// The areas to choose from.
pub(crate) fn area_choices(areas: Vec<AreaInfo>) -> Vec<AreaChoice> {
    areas.into_iter().map(|a| AreaChoice { id: a.id.to_string(), label: a.called() }).collect()
}

/// The age bands to choose from.
pub(crate) fn band_choices(t: &T) -> Vec<Choice> {
    AgeBand::ALL.iter().map(|b| (b.as_str().to_owned(), t.code("age_band", b.as_str()))).collect()
}

/// The marks control under one text.
pub(crate) struct Marks {
    pub line: String,
    pub about: Vec<(Choice, bool)>,
    pub categories: Vec<(Choice, bool)>,
}

/// The form for a consultation.
#[derive(Template)]
#[template(path = "intake_form.html")]
pub(crate) struct ConsultationForm {
    /// The parts of the form, as the definition in force lays them out.
    pub parts: Vec<crate::town::Laid>,
    /// Questions whose typed answers would not be kept.
    pub dropped: Vec<String>,
    pub definition_version: u32,
    /// The matters the town's list offers today.
    pub matters: Vec<Choice>,
    pub frame: Frame,
    pub form: Form,
    pub draft: DraftId,
    pub draft_version: i64,
    pub areas: Vec<AreaChoice>,
    pub partners: Vec<Choice>,
    pub help_lines: Vec<String>,
}

impl ConsultationForm {
    pub(crate) fn channels(&self) -> Vec<Choice> {
        choices(&self.frame.t, "channel", Channel::choosable())
    }
    pub(crate) fn routes(&self) -> Vec<Choice> {
        choices(&self.frame.t, "route", Route::ALL.iter().copied())
    }
    pub(crate) fn urgencies(&self) -> Vec<(Choice, String)> {
        // The pressing ones first: a glance must find them.
        choices(&self.frame.t, "urgency", Urgency::ALL.iter().rev().copied())
            .into_iter()
            .map(|c| {
                let help = self.frame.t.code("urgency_help", &c.0);
                (c, help)
            })
            .collect()
    }
    pub(crate) fn bands(&self) -> Vec<Choice> {
        band_choices(&self.frame.t)
    }
    pub(crate) fn marks(&self, field: &str) -> Marks {
        let (t, form) = (&self.frame.t, &self.form);
        let about_name = format!("{field}_about");
        let cat_name = format!("{field}_cat");
        let about = ["self", "m1", "m2", "m3"]
            .map(|v| ((v.to_owned(), t.code("intake_about", v)), form.chose(&about_name, v)));
        let auto = std::iter::once((AUTO.to_owned(), t.s("intake.cat_auto").to_owned()));
        let all = choices(t, "category", Categories::all().iter());
        let categories = auto.chain(all).map(|c| (c.clone(), form.chose(&cat_name, &c.0))).collect();
        Marks { line: form::marks_line(t, form, field), about: about.into(), categories }
    }
}

/// Disclosed texts, ready to be shown. What belongs to no household is about nobody who is recorded: the chip says
/// so instead of naming a household.
pub(crate) async fn texts(
    look: &mut Look,
    frame: &Frame,
    entries: Vec<Disclosed<Entry>>,
) -> Result<Vec<EntryView>, Broken> {
    let homeless: BTreeSet<EntryId> =
        entries.iter().filter(|e| e.household.is_none()).map(|e| e.id).collect();
    let mut views = EntryView::build(look, frame, entries).await?;
    for view in views.iter_mut().filter(|v| homeless.contains(&v.id)) {
        view.persons = vec![frame.t.s("intake.about_nobody").to_owned()];
    }
    Ok(views)
}

/// One member of the household.
pub(crate) struct MemberView {
    pub name: String,
    pub about: String,
    pub link: String,
    pub contact: Vec<String>,
}

/// A person as the page shows them.
pub(crate) fn member(frame: &Frame, p: &Disclosed<Person>) -> MemberView {
    let t = &frame.t;
    let known = &p.known;
    let name = if p.called().is_empty() { t.s("intake.unnamed") } else { p.called() };
    let mut about = vec![known.relation.clone(), known.reading.clone(), age(t, known.birth, frame.now.day())];
    about.push(known.gender.clone());
    if !known.how_to_address.is_empty() {
        about.push(t.f("intake.called", "name", &known.how_to_address));
    }
    about.push(known.language.clone());
    if known.interpreter {
        about.push(t.s("intake.interpreter_needed").to_owned());
    }
    if let Some(died) = p.died {
        about.push(t.f("intake.died", "day", t.partial_date(died)));
    }
    about.retain(|part| !part.is_empty());
    let contact = [&known.address, &known.phone, &known.contact_wish];
    MemberView {
        name: name.to_owned(),
        about: about.join(" "),
        link: link::person(p.id),
        contact: contact.into_iter().filter(|c| !c.is_empty()).cloned().collect(),
    }
}

/// What is known of a consultation beside its texts, when it may be seen.
pub(crate) struct FactsView {
    pub channel: String,
    pub route: String,
    pub came_as: String,
    pub place: String,
    pub topics: Vec<String>,
    pub area: String,
    pub age_band: String,
}

/// One consultation.
#[expect(clippy::struct_excessive_bools, reason = "each is one yes or no of the page, named by its field")]
#[derive(Template)]
#[template(path = "intake_page.html")]
pub(crate) struct ConsultationPage {
    /// The town's own items, under their version.
    pub town: Option<crate::town::Town>,
    pub frame: Frame,
    pub form: Form,
    /// Each form of the page is a command of its own: decide, name, take back.
    pub commands: [CommandId; 3],
    pub reasons: Vec<String>,
    pub id: ConsultationId,
    pub version: i64,
    pub title: String,
    pub state: String,
    pub state_word: String,
    pub urgency: String,
    pub urgency_word: String,
    pub when: String,
    pub when_iso: String,
    pub author: String,
    pub desk: String,
    pub third_party: bool,
    /// Whether anything of it can stand on paper.
    pub paper: bool,
    pub facts: Option<FactsView>,
    pub consideration: Vec<EntryView>,
    pub texts: Vec<EntryView>,
    pub members: Vec<MemberView>,
    pub household: Option<String>,
    pub can_dispose: bool,
    /// Whether an urgent triage can be begun from it, and where.
    pub can_triage: bool,
    pub triage: String,
    pub can_name: bool,
    pub can_erase: bool,
    /// Where whoever leads the desk keeps it beyond its time; what became a case is kept there.
    pub keep: Option<String>,
    /// Where a person asks who looked; what became a case is asked there.
    pub reports: Option<String>,
    pub due: String,
    pub due_late: bool,
    pub history: Vec<(String, String)>,
    pub case: Option<(String, String)>,
    pub own_cases: Vec<Choice>,
    pub sheet: Option<String>,
    pub help_lines: Vec<String>,
}

impl ConsultationPage {
    pub(crate) fn consulted_at(&self) -> String {
        link::consultation(self.id)
    }
    pub(crate) fn dispose_at(&self) -> String {
        link::consultation_dispose(self.id)
    }
    pub(crate) fn urgent(&self) -> bool {
        self.urgency == Urgency::Urgent.code()
    }
    pub(crate) fn open(&self) -> bool {
        self.state == "open"
    }
}

/// A decision that met another one: what stands now, and what was to be sent.
#[derive(Template)]
#[template(path = "intake_conflict.html")]
pub(crate) struct ConflictPage {
    pub frame: Frame,
    pub here: String,
    pub now: String,
    pub now_texts: Vec<String>,
    pub mine: Vec<(String, String)>,
}

/// One line of the list.
pub(crate) struct Line {
    pub link: String,
    pub when: String,
    pub when_iso: String,
    pub who: String,
    pub topics: String,
    pub state: String,
    pub state_word: String,
    pub urgent: bool,
    pub author: String,
    pub desk: String,
    /// Who is to decide, while nobody has decided yet.
    pub assignee: String,
    /// The value of its tick; empty when there is nothing to give to anybody.
    pub pick: String,
}

/// The consultations of the own desks.
#[derive(Template)]
#[template(path = "intake_list.html")]
pub(crate) struct ListPage {
    pub frame: Frame,
    pub reasons: Vec<String>,
    pub lines: Vec<Line>,
    pub states: Vec<Choice>,
    pub state: String,
    pub mine: bool,
    pub next: String,
    pub form: Form,
    pub people: Vec<Choice>,
    pub back: String,
}
