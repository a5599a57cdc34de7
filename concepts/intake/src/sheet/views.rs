//! What the pages of sheets show.

use access::Category;
use askama::Template;
use consent::{ConsentForm, GivenBy, GiverRelation};
use household::EntryView;
use site::{Form, Frame};
use words::code::Code;
use words::id::{CommandId, ConnectingSheetId, DraftId};

use super::consents::Terms;
use super::rules::{ErrorReason, Knows};
use crate::form::AUTO;
use crate::rules::Urgency;
use crate::views::{AreaChoice, Choice, MemberView, band_choices, choices};

/// The form for a sheet.
#[derive(Template)]
#[template(path = "sheet_form.html")]
pub(super) struct SheetForm {
    /// The parts of the form, as the definition in force lays them out.
    pub parts: Vec<crate::town::Laid>,
    pub dropped: Vec<String>,
    pub definition_version: u32,
    /// The matters the town's list offers today.
    pub matters: Vec<Choice>,
    pub frame: Frame,
    pub form: Form,
    pub draft: DraftId,
    pub draft_version: i64,
    pub areas: Vec<AreaChoice>,
    pub providers: Vec<Choice>,
    pub desks: Vec<Choice>,
    pub help_lines: Vec<String>,
}

impl SheetForm {
    pub(super) fn knows(&self) -> Vec<(Choice, String)> {
        let t = &self.frame.t;
        choices(t, "sheet_knows", Knows::ALL.iter().copied())
            .into_iter()
            .map(|c| {
                let help = t.code("sheet_knows_help", &c.0);
                (c, help)
            })
            .collect()
    }
    pub(super) fn urgencies(&self) -> Vec<Choice> {
        choices(&self.frame.t, "urgency", Urgency::ALL.iter().copied())
    }
    pub(super) fn bands(&self) -> Vec<Choice> {
        band_choices(&self.frame.t)
    }
    pub(super) fn forms(&self) -> Vec<Choice> {
        choices(&self.frame.t, "consent_form", [ConsentForm::Oral, ConsentForm::Signed])
    }
    pub(super) fn givers(&self) -> Vec<Choice> {
        choices(&self.frame.t, "given_by", GivenBy::ALL.iter().copied())
    }
    pub(super) fn relations(&self) -> Vec<Choice> {
        choices(&self.frame.t, "giver_relation", GiverRelation::ALL.iter().copied())
    }
    pub(super) fn shares(&self) -> Vec<Choice> {
        // Who told and what supporters think is never the person's to be asked about here.
        let asked = Category::ALL.iter().copied().filter(|c| {
            !matches!(c, Category::Informant | Category::Opinion | Category::Plan | Category::Support)
        });
        std::iter::once((AUTO.to_owned(), self.frame.t.s("sheet.share_auto").to_owned()))
            .chain(choices(&self.frame.t, "category", asked))
            .collect()
    }
}

/// One line of a list of sheets.
pub(super) struct Line {
    pub link: String,
    pub when: String,
    pub when_iso: String,
    pub who: String,
    pub topics: String,
    pub state: String,
    pub state_word: String,
    pub urgent: bool,
    pub from: String,
    pub to: String,
    pub became: String,
}

/// Which parts of the list are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shows {
    pub open: bool,
    pub ended: bool,
    pub written: bool,
}

/// Own sheets, and those sent to the own provider.
#[derive(Template)]
#[template(path = "sheet_list.html")]
pub(super) struct ListPage {
    pub frame: Frame,
    pub reasons: Vec<String>,
    pub coordinator: bool,
    /// The parts one can choose among.
    pub parts: Vec<site::Choice>,
    pub shows: Shows,
    pub open: Vec<Line>,
    pub ended: Vec<Line>,
    pub written: Vec<Line>,
    pub ended_next: String,
    pub written_next: String,
}

/// One sheet.
#[expect(clippy::struct_excessive_bools, reason = "each is one yes or no of the page, named by its field")]
#[derive(Template)]
#[template(path = "sheet_page.html")]
pub(super) struct SheetPage {
    /// The town's own items, under their version.
    pub town: Option<crate::town::Town>,
    pub frame: Frame,
    pub form: Form,
    /// Each form of the page is a command of its own: take, answer, take back.
    pub commands: [CommandId; 3],
    pub reasons: Vec<String>,
    pub id: ConnectingSheetId,
    pub version: i64,
    pub state: String,
    pub state_word: String,
    pub urgent: bool,
    pub urgency_word: String,
    pub consented: bool,
    pub when: String,
    pub when_iso: String,
    pub author: String,
    pub desk: String,
    pub provider: String,
    pub topics: Vec<String>,
    pub area: String,
    pub age_band: String,
    pub texts: Vec<EntryView>,
    pub people: Vec<MemberView>,
    pub can_take: bool,
    pub can_answer: bool,
    pub can_take_back: bool,
    /// Where whoever leads the desk it was sent to keeps it beyond its time; what became more is kept there.
    pub keep: Option<String>,
    pub error_reason: String,
    pub withdrawn: bool,
    pub consents: Vec<Terms>,
    pub desk_phone: String,
    pub provider_phone: String,
    pub consultation: Option<String>,
    pub mine: bool,
    pub became: String,
    pub help_lines: Vec<String>,
}

impl SheetPage {
    pub(super) fn here(&self) -> String {
        site::link::sheet(self.id)
    }
    pub(super) fn open(&self) -> bool {
        self.state == "sent"
    }
    pub(super) fn outcomes(&self) -> Vec<Choice> {
        choices(&self.frame.t, "feedback_outcome", feedback::Outcome::ALL.iter().copied())
    }
    pub(super) fn error_reasons(&self) -> Vec<Choice> {
        choices(&self.frame.t, "sheet_error_reason", ErrorReason::ALL.iter().copied())
    }
}
