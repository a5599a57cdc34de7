//! Every URL of every concept, so that concepts can link both ways without knowing each other.

use std::fmt::Display;

use words::id::{
    CaseId, CommunityIssueId, ConnectingSheetId, ConsultationId, DraftId, EntryId, FeedbackId, FilledSheetId,
    HouseholdId, InquiryId, PersonId, ReferralId, TaskId, ThingId, TriageId, UserId,
};

/// 今日の仕事.
pub const TODAY: &str = "/";
/// Sign-in.
pub const SIGN_IN: &str = "/sign-in";
/// Leave the seat: lock, or let another person in.
pub const LOCK: &str = "/lock";
/// Sign-out.
pub const SIGN_OUT: &str = "/sign-out";
/// Choose the appointment acted under.
pub const SEAT: &str = "/seat";
/// Own settings: password, second factor.
pub const ME: &str = "/me";
/// Search.
pub const SEARCH: &str = "/search";
/// Who is responsible for this district and this matter.
pub const WHO: &str = "/who";
/// The implementation plan.
pub const PLAN: &str = "/plan";
/// Consultations of the own desks.
pub const CONSULTATIONS: &str = "/consultations";
/// Write a consultation.
pub const CONSULTATION_NEW: &str = "/consultations/new";
/// Consultations from files.
pub const IMPORTS: &str = "/imports";
/// Connecting sheets.
pub const SHEETS: &str = "/sheets";
/// Write a connecting sheet.
pub const SHEET_NEW: &str = "/sheets/new";
/// Cases of the own desks.
pub const CASES: &str = "/cases";
/// Referrals sent and received.
pub const REFERRALS: &str = "/referrals";
/// Inquiries asked and received.
pub const INQUIRIES: &str = "/inquiries";
/// Figures of inquiries, by section.
pub const INQUIRY_FIGURES: &str = "/flow/inquiries";
/// Confidential conferences: one's own matters.
pub const MATTERS: &str = "/matters";
/// 会議体.
pub const BODIES: &str = "/bodies";
/// 会議の回.
pub const MEETINGS: &str = "/sessions";
/// どの会議?
pub const MEETING_GUIDE: &str = "/sessions/guide";
/// Who came to sessions, by section.
pub const MEETING_FIGURES: &str = "/flow/sessions";
/// Month and week: own sessions and what is due.
pub const CALENDAR: &str = "/calendar";
/// On what each kind of conference rests.
pub const POSITIONS: &str = "/admin/positions";
/// Who runs a matter where nobody at its secretariat may.
pub const DEPUTIES: &str = "/deputies";
/// Could you take such a case?
pub const CAPACITY: &str = "/capacity";
/// Whoever supports this person: please get in touch.
pub const CONTACTS: &str = "/contacts";
/// Advice without a person in it.
pub const ADVICE: &str = "/advice";
/// Records that may be of one person.
pub const SAME: &str = "/same";
/// Two agencies, one household.
pub const OVERLAPS: &str = "/overlaps";
/// How much each worker carries.
pub const LOAD: &str = "/load";
/// Cases in which nobody was in contact for long.
pub const WATCH_SILENT: &str = "/watch/silent";
/// People without consent, as those who watch see them.
pub const WATCH_NO_CONSENT: &str = "/watch/no-consent";
/// Cases that do not move.
pub const WATCH_STUCK: &str = "/watch/stuck";
/// Cases that one section holds alone.
pub const WATCH_ALONE: &str = "/watch/alone";
/// A case of such a list was looked at.
pub const WATCH_LOOK: &str = "/watch/look";
/// Weights and ages.
pub const WORKLOAD_SETTINGS: &str = "/admin/workload";
/// 節目: life stages ahead.
pub const STAGES: &str = "/stages";
/// How long before a life stage its task is made.
pub const STAGE_SETTINGS: &str = "/admin/stages";
/// How genograms are drawn here.
pub const DRAWINGS: &str = "/admin/drawings";
/// How long a saved search is kept that nobody uses.
pub const SAVED_SEARCHES: &str = "/admin/searches";
/// What a municipality says of itself.
pub const TOWN_SETTINGS: &str = "/admin/town";
/// Which themes are looked for, and from which ages on.
pub const THEMES: &str = "/admin/themes";
/// 引きつぎ of a caseworker's work.
pub const HAND_OVERS: &str = "/handovers";
/// 事例集.
pub const LIBRARY: &str = "/library";
/// What the causes of reflections come to.
pub const LESSON_FIGURES: &str = "/flow/lessons";
/// What became of what was passed on.
pub const FEEDBACK: &str = "/feedback";
/// What nobody holds.
pub const NOBODY: &str = "/nobody";
/// Own drafts.
pub const DRAFTS: &str = "/drafts";
/// Accounts and appointments.
pub const STAFF: &str = "/admin/staff";
/// The transfer list.
pub const TRANSFERS: &str = "/admin/transfers";
/// Desks and contracts: what ends, and what comes after it.
pub const OFFICES: &str = "/admin/offices";
/// The words on the screens.
pub const LABELS: &str = "/admin/labels";
/// Agencies from open data.
pub const OPEN_DATA: &str = "/admin/open-data";
/// 緊急の見きわめ: those of the own desks.
pub const TRIAGES: &str = "/triage";
/// Begin one: the query says about what.
pub const TRIAGE_NEW: &str = "/triage/new";
/// Kinds of urgency, checklists and clocks.
pub const TRIAGE_GUIDE: &str = "/admin/triage";
/// 相談の流れ: figures.
pub const FLOW: &str = "/flow";
/// Referrals behind a figure, as far as the viewer may see them anyway.
pub const FLOW_LIST: &str = "/flow/referrals";
/// The town's sheets: definitions and their versions.
pub const FORMS: &str = "/admin/forms";
/// The town's code tables.
pub const CODES: &str = "/admin/codes";
/// Community issues.
pub const ISSUES: &str = "/issues";
/// Lists taken out as files.
pub const DOWNLOADS: &str = "/downloads";
/// Lists of records to be disposed of.
pub const DISPOSALS: &str = "/disposal";
/// Records that must be kept: legal holds.
pub const HOLDS: &str = "/retention/holds";
/// One of them, to be lifted by the privacy auditor.
pub fn hold(id: impl Display) -> String {
    format!("{HOLDS}/{id}")
}
/// How long each kind of record is kept.
pub const RETENTION: &str = "/admin/retention";
/// Everybody of the own cases without a consent.
pub const NO_CONSENT: &str = "/consents/missing";
/// Consents whose recipient has ended.
pub const CONSENTS_ENDED: &str = "/consents/ended";
/// A file that belongs to a record.
pub fn attachment(id: words::id::AttachmentId) -> String {
    format!("/attachments/{id}")
}
/// The articles that sharing can rest on.
pub const LEGAL_BASES: &str = "/admin/legal-bases";
/// Access log.
pub const ACCESS_LOG: &str = "/audit";
/// 緊急の保護: the reason, and one's own looks.
pub const URGENT: &str = "/urgent";
/// Reviews and figures of urgent looks.
pub const URGENT_REVIEWS: &str = "/audit/urgent";

/// One list taken out as a file.
pub fn download(id: words::id::ExportId) -> String {
    format!("/downloads/{id}")
}
/// One agency.
pub fn agency(id: impl Display) -> String {
    format!("/agencies/{id}")
}
/// One consultation.
pub fn consultation(id: ConsultationId) -> String {
    format!("/consultations/{id}")
}
/// Decide what happens with a consultation.
pub fn consultation_dispose(id: ConsultationId) -> String {
    format!("/consultations/{id}/dispose")
}
/// One sheet.
pub fn sheet(id: ConnectingSheetId) -> String {
    format!("/sheets/{id}")
}
/// One case.
pub fn case(id: CaseId) -> String {
    format!("/cases/{id}")
}
/// A case's timeline.
pub fn case_entries(id: CaseId) -> String {
    format!("/cases/{id}/entries")
}
/// Everything that happened in a case.
pub fn case_timeline(id: CaseId) -> String {
    format!("/cases/{id}/timeline")
}
/// The files of a text.
pub fn entry_files(id: EntryId) -> String {
    format!("/entries/{id}/files")
}
/// How the areas of life of a case were judged over time.
pub fn case_assessment(id: CaseId) -> String {
    format!("/cases/{id}/assessment")
}
/// What whoever visits must know.
pub fn case_cautions(id: CaseId) -> String {
    format!("/cases/{id}/cautions")
}
/// Who answers for a case for a while.
pub fn case_lead(id: CaseId) -> String {
    format!("/cases/{id}/lead")
}
/// How far the relation with each person of a case has come.
pub fn case_engagement(id: CaseId) -> String {
    format!("/cases/{id}/engagement")
}
/// The needs of a case × who takes which part.
pub fn case_board(id: CaseId) -> String {
    format!("/cases/{id}/board")
}
/// One need of a case.
pub fn case_need(id: CaseId, need: impl Display) -> String {
    format!("/cases/{id}/board/{need}")
}
/// Forms empty, to fill in by pen.
pub const PAPERS: &str = "/papers";

/// One of them.
pub fn paper(key: &str) -> String {
    format!("/papers/{key}")
}

/// A case's printable summary.
pub fn case_print(id: CaseId) -> String {
    format!("/cases/{id}/print")
}
/// Who can see this case, and the consents given in it.
pub fn case_consents(id: CaseId) -> String {
    format!("/cases/{id}/consents")
}
/// Write down a consent of a case.
pub fn case_consent_new(id: CaseId) -> String {
    format!("/cases/{id}/consents/new")
}
/// The same, beginning with the terms of an earlier one, whose place it takes.
pub fn case_consent_renew(id: CaseId, before: words::id::ConsentId) -> String {
    format!("{}?follows={before}", case_consent_new(id))
}
/// The same, beginning with whose it is.
pub fn case_consent_of(id: CaseId, person: words::id::PersonId) -> String {
    format!("{}?person={person}", case_consent_new(id))
}
/// One consent of a case.
pub fn case_consent(id: CaseId, consent: words::id::ConsentId) -> String {
    format!("/cases/{id}/consents/{consent}")
}
/// A consent that was asked for.
pub fn consent_request(id: CaseId, request: words::id::ThingId) -> String {
    format!("/cases/{id}/consents/asked/{request}")
}
/// Guardians who are set aside for somebody of a case.
pub fn case_set_aside(id: CaseId) -> String {
    format!("/cases/{id}/set-aside")
}
/// Close, interrupt or reopen a case.
pub fn case_end(id: CaseId) -> String {
    format!("/cases/{id}/end")
}
/// Keep a case from being disposed of, or no longer.
pub fn case_hold(id: CaseId) -> String {
    format!("/cases/{id}/hold")
}
/// Who looked, for a person whose consultation became no case: taking their request.
pub fn consultation_reports(id: ConsultationId) -> String {
    format!("/consultations/{id}/reports")
}
/// Keep a consultation from being disposed of, or no longer.
pub fn consultation_keep(id: ConsultationId) -> String {
    format!("/consultations/{id}/keep")
}
/// The same for a connecting sheet.
pub fn sheet_keep(id: ConnectingSheetId) -> String {
    format!("/sheets/{id}/keep")
}
/// One list of records to be disposed of.
pub fn disposal(id: impl Display) -> String {
    format!("/disposal/{id}")
}
/// The certificate of a disposal.
pub fn disposal_certificate(id: impl Display) -> String {
    format!("/disposal/{id}/certificate")
}
/// Send a referral for a case.
pub fn referral_new(case: CaseId) -> String {
    format!("/cases/{case}/refer")
}
/// One referral.
pub fn referral(id: ReferralId) -> String {
    format!("/referrals/{id}")
}
/// Ask another desk, about a case or a consultation.
pub fn inquiry_new(about: impl Display) -> String {
    format!("/inquiries/new?about={about}")
}
/// The inquiries of a case.
pub fn case_inquiries(id: CaseId) -> String {
    format!("/cases/{id}/inquiries")
}
/// One inquiry.
pub fn inquiry(id: InquiryId) -> String {
    format!("/inquiries/{id}")
}
/// One matter of a confidential conference.
pub fn matter(id: impl Display) -> String {
    format!("/matters/{id}")
}
/// Write down what was decided in a matter.
pub fn matter_decide(id: impl Display) -> String {
    format!("/matters/{id}/decide")
}
/// Decide about a case on the own records, where the consent has ended.
pub fn case_decide(id: CaseId) -> String {
    format!("/cases/{id}/decide")
}
/// One decision.
pub fn decision(id: impl Display) -> String {
    format!("/decisions/{id}")
}
/// The plans of a case, and what was decided about it.
pub fn case_plans(id: CaseId) -> String {
    format!("/cases/{id}/plans")
}
/// The wishes of a case and the places they are matched with.
pub fn case_participation(id: CaseId) -> String {
    format!("/cases/{id}/participation")
}
/// One wish and its place.
pub fn participation(id: CaseId, of: impl Display) -> String {
    format!("/cases/{id}/participation/{of}")
}
/// One version of a plan.
pub fn support_plan(id: impl Display) -> String {
    format!("/plans/{id}")
}
/// Open a matter: the query says from what.
pub fn matter_new(from: &str, id: impl Display) -> String {
    format!("/matters/new?{from}={id}")
}
/// One body.
pub fn body(id: impl Display) -> String {
    format!("{BODIES}/{id}")
}
/// One session of a body.
pub fn meeting(id: impl Display) -> String {
    format!("{MEETINGS}/{id}")
}
/// Keeping a session beyond its time: 保全.
pub fn meeting_keep(id: impl Display) -> String {
    format!("/sessions/{id}/keep")
}
/// One item of an agenda or of a queue: on to where it stands.
pub fn agenda_item(id: impl Display) -> String {
    format!("{MEETINGS}/items/{id}")
}
/// The room of a session, while it is held.
pub fn room(meeting: impl Display) -> String {
    format!("{MEETINGS}/{meeting}/room")
}
/// What became of the items of one's sessions.
pub const AFTER: &str = "/sessions/after";
/// Homework that a session gave.
pub fn homework(id: impl Display) -> String {
    format!("{MEETINGS}/homework/{id}")
}
/// A participant's question what became of an item.
pub fn item_question(id: impl Display) -> String {
    format!("{AFTER}/questions/{id}")
}
/// One's own, or one's desk's, invitation.
pub fn invitation(id: impl Display) -> String {
    format!("{MEETINGS}/invitations/{id}")
}
/// 会議録 of a session.
pub fn minutes(meeting: impl Display) -> String {
    format!("{MEETINGS}/{meeting}/minutes")
}
/// Write the minutes of a session.
pub fn minutes_edit(meeting: impl Display) -> String {
    format!("{MEETINGS}/{meeting}/minutes/edit")
}
/// What was said about the minutes of a session.
pub fn minutes_comments(meeting: impl Display) -> String {
    format!("{MEETINGS}/{meeting}/minutes/comments")
}
/// 資料 of a session.
pub fn meeting_materials(meeting: impl Display) -> String {
    format!("{MEETINGS}/{meeting}/materials")
}
/// 回覧 of a session.
pub fn meeting_circulation(meeting: impl Display) -> String {
    format!("{MEETINGS}/{meeting}/circulation")
}
/// One round of what goes round.
pub fn circulation(id: impl Display) -> String {
    format!("/circulation/{id}")
}
/// Who has to be there in conferences.
pub const MEETING_SETTINGS: &str = "/admin/sessions";
/// Words that are written otherwise here.
pub const MINUTES_TERMS: &str = "/admin/minutes";
/// Bring a case or a matter before a meeting.
pub fn propose(from: &str, id: impl Display) -> String {
    format!("{MEETINGS}/propose?{from}={id}")
}
/// Case conferences of others, noted in a case.
pub fn case_conferences(id: CaseId) -> String {
    format!("/cases/{id}/conferences")
}
/// One question for capacity.
pub fn capacity(id: impl Display) -> String {
    format!("/capacity/{id}")
}
/// One request for contact, to whoever supports the person.
pub fn contact(id: impl Display) -> String {
    format!("/contacts/{id}")
}
/// One question for advice.
pub fn advice(id: impl Display) -> String {
    format!("/advice/{id}")
}
/// One pair of records that may be of one person.
pub fn same(id: impl Display) -> String {
    format!("/same/{id}")
}
/// Everybody of the two households of such a pair, together.
pub fn same_homes(id: impl Display) -> String {
    format!("/same/{id}/homes")
}

/// Where a record is paired with another one of the same person, by hand.
pub fn same_of(id: PersonId) -> String {
    format!("/persons/{id}/same")
}
/// One notice of an overlap.
pub fn overlap(id: impl Display) -> String {
    format!("/overlaps/{id}")
}
/// One hand-over of somebody's work.
pub fn hand_over(id: impl Display) -> String {
    format!("{HAND_OVERS}/{id}")
}
/// The reflections of a case.
pub fn case_reflections(id: CaseId) -> String {
    format!("/cases/{id}/reflections")
}
/// One reflection.
pub fn reflection(id: impl Display) -> String {
    format!("/reflections/{id}")
}
/// What colleagues can, and whom to ask.
pub const SKILLS: &str = "/skills";
/// What one colleague says of their own experience.
pub fn skills_of(id: UserId) -> String {
    format!("{SKILLS}/{id}")
}
/// One case of the library.
pub fn library_case(id: impl Display) -> String {
    format!("{LIBRARY}/{id}")
}
/// The one-page summary of a referral.
pub fn referral_print(id: ReferralId) -> String {
    format!("/referrals/{id}/print")
}
/// One task.
pub fn task(id: TaskId) -> String {
    format!("/tasks/{id}")
}
/// One household.
pub fn household(id: HouseholdId) -> String {
    format!("/households/{id}")
}
/// One person.
pub fn person(id: PersonId) -> String {
    format!("/persons/{id}")
}
/// Where a desk in charge writes what it has learnt since about somebody whose card another desk wrote.
pub fn person_learnt(id: PersonId) -> String {
    format!("/persons/{id}/learnt")
}
/// What lies between people.
pub fn tie(id: ThingId) -> String {
    format!("/ties/{id}")
}

/// One piece of text: correct it, mark it as an error.
pub fn entry(id: EntryId) -> String {
    format!("/entries/{id}")
}
/// Where a draft is saved while typing.
pub fn draft(id: DraftId) -> String {
    format!("/drafts/{id}")
}
/// One feedback: owed, or given.
pub fn feedback(id: FeedbackId) -> String {
    format!("/feedback/{id}")
}
/// One urgent look, for the desk that was told of it.
pub fn urgent_look(id: words::id::UrgentLookId) -> String {
    format!("{URGENT}/looks/{id}")
}
/// The review of an urgent look.
pub fn urgent_review(id: words::id::UrgentLookId) -> String {
    format!("{URGENT_REVIEWS}/{id}")
}
/// One 開示請求: for the auditor, and for the desk that took it.
pub fn access_report(id: words::id::AccessReportId) -> String {
    format!("/reports/{id}")
}
/// One triage.
pub fn triage(id: TriageId) -> String {
    format!("/triage/{id}")
}
/// The triage a task belongs to.
pub fn triage_of_task(id: TaskId) -> String {
    format!("/triage/task/{id}")
}
/// The triages of a consultation, and the way to begin one.
pub fn triage_consultation(id: ConsultationId) -> String {
    format!("/triage/new?consultation={id}")
}
/// The triages of a connecting sheet.
pub fn triage_sheet(id: ConnectingSheetId) -> String {
    format!("/triage/new?sheet={id}")
}
/// The triages of a case.
pub fn triage_case(id: CaseId) -> String {
    format!("/triage/new?case={id}")
}
/// The sheets of a case.
pub fn case_sheets(id: CaseId) -> String {
    format!("/cases/{id}/sheets")
}
/// Fill in a sheet for a case.
pub fn case_sheet_new(id: CaseId, key: &str) -> String {
    format!("/cases/{id}/sheets/{key}")
}
/// One filled sheet.
pub fn filled_sheet(id: FilledSheetId) -> String {
    format!("/filled/{id}")
}
/// A filled sheet on paper.
pub fn filled_print(id: FilledSheetId) -> String {
    format!("/filled/{id}/print")
}
/// One of the town's sheets: versions, draft.
pub fn form(key: &str) -> String {
    format!("/admin/forms/{key}")
}
/// One code table.
pub fn codes(key: &str) -> String {
    format!("/admin/codes/{key}")
}
/// One community issue.
pub fn issue(id: CommunityIssueId) -> String {
    format!("/issues/{id}")
}
