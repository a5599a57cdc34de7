//! Rows on their way into the tables, kept in the order in which the foreign keys allow them.

use engine::{Broken, Bulk, Conn, Value};

/// Values held back before they are written: large enough for full statements, small enough for any machine.
const MOST_VALUES: usize = 400_000;

macro_rules! tables {
    ($($name:ident $width:literal $head:literal,)*) => {
        /// The tables written, parents first: a row never comes before what it points to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Table { $($name),* }

        const HEADS: &[(&str, usize)] = &[$((concat!("INSERT INTO ", $head, " VALUES"), $width)),*];
    };
}

tables! {
    MunicipalityCode 3 "municipality_code (municipality_id, code, valid_from)",
    Setting 3 "setting (municipality_id, key, value)",
    AreaSystem 3 "area_system (municipality_id, id, name)",
    Area 6 "area (municipality_id, id, system_id, code, name, note)",
    TownArea 4 "town_area (municipality_id, town, area_id, valid_from)",
    LegalEntity 4 "legal_entity (municipality_id, id, name, kind)",
    Agency 12 "agency (municipality_id, id, legal_entity_id, parent_id, field, area_id, phone, has_login, \
               consultable_by, opening, valid_from, valid_to)",
    AgencyName 7 "agency_name (municipality_id, agency_id, kind, name, name_key, valid_from, valid_to)",
    AgencySuccessor 5 "agency_successor (municipality_id, agency_id, successor_id, kind, valid_from)",
    Contract 7 "contract (municipality_id, id, title, contractor_id, commissioner_id, valid_from, valid_to)",
    ContractProgramme 3 "contract_programme (municipality_id, contract_id, programme)",
    Desk 9 "desk (municipality_id, id, seq, agency_id, programme, contract_id, valid_from, valid_to, heir_id)",
    Responsibility 8 "responsibility (municipality_id, id, desk_id, area_id, matter, contact, valid_from, \
                      confirmed_on)",
    Post 5 "post (municipality_id, id, desk_id, role, title)",
    User 6 "app_user (municipality_id, id, login, name, reading, demo_line)",
    Appointment 8 "appointment (municipality_id, id, user_id, post_id, area_id, valid_from, valid_to, instrument)",
    Command 12 "command (municipality_id, id, kind, author_id, appointment_id, desk_id, programme, origin, \
                issued_at, recorded_at, body_hash, outcome)",
    Household 5 "household (municipality_id, id, desk_id, area_id, command_id)",
    Person 22 "person (municipality_id, id, household_id, desk_id, author_id, name, reading, alias, name_key, \
               reading_key, birth, died, gender, language, interpreter, address, address_key, phone, phone_key, \
               contact_wish, version, command_id)",
    Member 7 "household_member (municipality_id, household_id, person_id, relation, lives_together, valid_from, \
              command_id)",
    Tie 16 "tie (municipality_id, id, household_id, desk_id, author_id, kind, a_id, b_id, outside, outside_kind, \
            strength, direction, categories, state, recorded_at, command_id)",
    CaseCounter 3 "case_counter (municipality_id, fiscal_year, last)",
    CaseFile 13 "case_file (municipality_id, id, fiscal_year, number, state, household_id, accountable_desk_id, \
                 opened_at, ended_at, end_reason, guard_task_id, guard_task_state, command_id)",
    Consultation 24 "consultation (municipality_id, id, state, desk_id, author_id, accountable_desk_id, \
                     occurred_at, recorded_at, channel, route, came_as, anonymous, third_party, household_id, \
                     person_id, urgency, area_id, age_band, disposition, case_id, sheet_id, guard_task_id, \
                     guard_task_state, command_id)",
    Topic 4 "consultation_topic (municipality_id, consultation_id, topic, main)",
    Sheet 19 "connecting_sheet (municipality_id, id, state, desk_id, author_id, provider_desk_id, consented, \
              occurred_at, recorded_at, household_id, person_id, urgency, area_id, age_band, topics, \
              consultation_id, guard_task_id, guard_task_state, command_id)",
    CaseDesk 5 "case_desk (municipality_id, case_id, desk_id, since, why)",
    Accountable 7 "case_accountable (municipality_id, case_id, seq, desk_id, since, why, command_id)",
    Engagement 8 "engagement (municipality_id, case_id, person_id, seq, stage, since, desk_id, command_id)",
    Draft 8 "draft (municipality_id, id, author_id, kind, about_id, body, version, saved_at)",
    Consent 17 "consent (municipality_id, id, state, person_id, given_by, given_by_name, form, witness, categories, \
                purposes, from_day, until_day, given_at, withdrawn_at, desk_id, case_id, command_id)",
    ConsentRecipient 6 "consent_recipient (municipality_id, consent_id, kind, recipient_id, referral_id, \
                        effective_from)",
    Provision 13 "provision (municipality_id, id, act_kind, act_id, record_kind, record_id, desk_id, user_id, \
                  categories, article, effective_from, ended_at, command_id)",
    Referral 28 "referral (municipality_id, id, request_id, kind, state, case_id, from_desk_id, from_user_id, \
                 to_desk_id, copy_desk_id, person_id, household_id, need, urgency, area_id, age_band, basis, \
                 consent_id, article, categories, sent_at, received_at, answer_due_at, ended_at, reason, outcome, \
                 version, command_id)",
    ReferralEvent 10 "referral_event (municipality_id, referral_id, seq, state, happened_at, desk_id, user_id, \
                      reason, told_by, command_id)",
    SheetDefinition 8 "sheet_definition (municipality_id, key, version, state, valid_from, definition, edit, \
                       command_id)",
    Codes 6 "code_table (municipality_id, key, version, since, codes, command_id)",
    FilledSheet 14 "filled_sheet (municipality_id, id, definition_key, definition_version, desk_id, author_id, \
                    case_id, consultation_id, sheet_id, household_id, person_id, occurred_on, recorded_at, \
                    command_id)",
    ParticipationDecision 8 "participation_decision (municipality_id, case_id, decided_on, decided_by, desk_id, \
                             user_id, recorded_at, command_id)",
    CommunityIssue 9 "community_issue (municipality_id, id, definition_version, answers, desk_id, author_id, \
                      noticed_on, recorded_at, command_id)",
    Entry 24 "entry (municipality_id, id, field, form, desk_id, author_id, household_id, whole_household, \
              categories, body, occurred_at, recorded_at, told_by, told_agency_id, consultation_id, sheet_id, \
              case_id, referral_id, state, command_id, filled_id, item, answer, matter_id)",
    EntrySubject 3 "entry_subject (municipality_id, entry_id, person_id)",
    Task 15 "task (municipality_id, id, kind, state, desk_id, assignee_id, case_id, consultation_id, referral_id, \
             sheet_id, entry_id, due_at, ended_at, reason, command_id)",
    Feedback 13 "feedback (municipality_id, id, referral_id, sheet_id, from_desk_id, to_desk_id, to_user_id, \
                 task_id, outcome, entry_id, given_at, read_at, command_id)",
    TriageGuide 6 "triage_guide (municipality_id, version, body, note, recorded_at, command_id)",
    Triage 13 "triage (municipality_id, id, state, kind, guide_version, categories, desk_id, author_id, case_id, \
               started_at, recorded_at, version, command_id)",
    TriageTick 9 "triage_tick (municipality_id, id, triage_id, list, item, done, at, user_id, command_id)",
    TriageEntry 5 "triage_entry (municipality_id, triage_id, entry_id, role, item)",
    TriageJudgement 15 "triage_judgement (municipality_id, triage_id, seq, outcome, scope, to_desk_id, entry_id, \
                        judged_at, judged_by, answer, how, answered_at, answered_by, answer_entry_id, command_id)",
    TriageTask 5 "triage_task (municipality_id, triage_id, task_id, role, item)",
    Inquiry 28 "inquiry (municipality_id, id, state, case_id, household_id, from_desk_id, from_user_id, to_desk_id, \
                purpose, urgent, basis, article, categories, questions, open_questions, sent_at, due_at, \
                answered_at, ended_at, reason, refusal_article, decider_name, decider_post, raised_at, raised_by, \
                raised_desk_id, version, command_id)",
    InquirySubject 3 "inquiry_subject (municipality_id, inquiry_id, person_id)",
    InquiryEntry 4 "inquiry_entry (municipality_id, inquiry_id, entry_id, role)",
    InquiryEvent 10 "inquiry_event (municipality_id, inquiry_id, seq, step, happened_at, desk_id, user_id, reason, \
                     told_by, command_id)",
    InquiryPromise 12 "task (municipality_id, id, kind, state, desk_id, assignee_id, case_id, inquiry_id, due_at, \
                    ended_at, reason, command_id)",
    Matter 14 "matter (municipality_id, id, position, rests_on, article, case_id, household_id, initiator_desk_id, \
               secretariat_desk_id, lead_desk_id, opened_at, closed_at, outcome, command_id)",
    MatterMember 12 "matter_member (municipality_id, id, matter_id, desk_id, user_id, appointment_id, from_at, \
                     pledged_at, pledge, pledge_version, pledge_command_id, command_id)",
    MatterPerson 4 "matter_person (municipality_id, matter_id, person_id, command_id)",
    MatterPresence 5 "matter_presence (municipality_id, member_id, on_day, way, command_id)",
    MatterMaterial 13 "matter_material (municipality_id, id, matter_id, record_kind, record_id, categories, role, desk_id, \
                       user_id, released_at, take_back_at, take_back_command_id, command_id)",
    MatterDeputy 8 "matter_deputy (municipality_id, id, matter_id, desk_id, user_id, appointment_id, named_at, command_id)",
    Exclusion 5 "exclusion (municipality_id, case_id, user_id, since, command_id)",
    MatterEvent 9 "matter_event (municipality_id, matter_id, seq, step, happened_at, desk_id, user_id, thing_id, \
                   command_id)",
    Body 12 "body (municipality_id, id, name, legal_form, secretariat_desk_id, purpose, about, rhythm, rhythm_words, \
             capacity, valid_from, command_id)",
    BodyPosition 3 "body_position (municipality_id, body_id, position)",
    BodyMember 9 "body_member (municipality_id, id, body_id, desk_id, user_id, appointment_id, title, from_day, command_id)",
    Meeting 14 "meeting (municipality_id, id, body_id, desk_id, title, starts_at, ends_at, place, online, in_writing, \
                answer_by, state, invited_at, command_id)",
    AgendaItem 17 "agenda_item (municipality_id, id, body_id, meeting_id, matter_id, case_id, subject, position, confidential, \
                   state, initiator_desk_id, ordinal, proposed_desk_id, proposed_by, proposed_at, ended_at, command_id)",
    AgendaParty 4 "agenda_party (municipality_id, item_id, desk_id, why)",
    Invitee 12 "invitee (municipality_id, id, meeting_id, item_id, desk_id, user_id, why, obligatory, answer, answered_at, \
                attendance, command_id)",
    Minutes 8 "minutes (municipality_id, meeting_id, state, edition, comment_until, review_until, version, command_id)",
    MinutesSection 7 "minutes_section (municipality_id, id, meeting_id, part, item_id, version, command_id)",
    MinutesText 8 "minutes_text (municipality_id, section_id, version, body, written_at, desk_id, user_id, command_id)",
    MinutesWords 8 "minutes_text (municipality_id, section_id, version, entry_id, written_at, desk_id, user_id, command_id)",
    MinutesEdition 10 "minutes_edition (municipality_id, meeting_id, edition, approved_on, how, recorded_at, desk_id, user_id, \
                       public_at, command_id)",
    MinutesEditionText 5 "minutes_edition_text (municipality_id, meeting_id, edition, section_id, version)",
    MinutesComment 9 "minutes_comment (municipality_id, id, meeting_id, section_id, desk_id, user_id, body, said_at, command_id)",
    Circulation 9 "circulation (municipality_id, id, meeting_id, what, due_on, sent_at, desk_id, user_id, command_id)",
    CirculationDesk 6 "circulation_desk (municipality_id, circulation_id, desk_id, reported_at, reported_by, task_id)",
    CirculationReader 6 "circulation_reader (municipality_id, circulation_id, desk_id, user_id, read_at, task_id)",
    MeetingMaterial 8 "meeting_material (municipality_id, id, meeting_id, number, kind, title, ordinal, command_id)",
    MeetingMaterialVersion 7 "meeting_material_version (municipality_id, material_id, version, at, on_day, desk_id, command_id)",
    Homework 11 "homework (municipality_id, id, meeting_id, item_id, desk_id, user_id, what, by_next, given_at, result, command_id)",
    ItemNotice 9 "item_notice (municipality_id, id, item_id, invitee_id, what, of_id, happened_at, made_at, command_id)",
    ItemQuestion 8 "item_question (municipality_id, id, item_id, desk_id, user_id, to_desk_id, asked_at, command_id)",
    ThingPromise 10 "task (municipality_id, id, kind, state, desk_id, assignee_id, thing_id, due_at, ended_at, command_id)",
    Decision 17 "decision (municipality_id, id, case_id, matter_id, programme, timing, ground, decided_on, monitoring_on, \
                 follow_up, follow_up_on, desk_id, user_id, recorded_at, used_at, used_by, command_id)",
    DecisionText 4 "decision_text (municipality_id, decision_id, part, entry_id)",
    SupportPlan 19 "support_plan (municipality_id, id, case_id, kind, number, desk_id, state, monitoring_on, \
                    rhythm_weeks, signed_on, signed_how, decision_id, end_decision_id, result, evaluated_at, \
                    written_at, in_force_at, ended_at, command_id)",
    PlanPromise 12 "task (municipality_id, id, kind, state, desk_id, assignee_id, case_id, entry_id, thing_id, due_at, \
                    ended_at, command_id)",
    SupportPlanLine 12 "support_plan_line (municipality_id, id, plan_id, part, seq, entry_id, who, desk_id, due_on, \
                        task_id, achieved, command_id)",
    Advice 18 "advice (municipality_id, id, from_desk_id, from_user_id, to_desk_id, topic, question, asked_at, due_at, \
               answer, outcome, answered_at, answered_by, thanks, helpful, closed_at, version, command_id)",
    CapacityQuestion 10 "capacity_question (municipality_id, id, case_id, from_desk_id, from_user_id, need, urgency, \
                         sent_at, due_at, command_id)",
    CapacityAsked 6 "capacity_asked (municipality_id, question_id, desk_id, answer, answered_at, command_id)",
    ContactRequest 8 "contact_request (municipality_id, id, from_desk_id, from_user_id, about, reach, sent_at, \
                      command_id)",
    ContactTarget 6 "contact_target (municipality_id, id, request_id, desk_id, person_id, command_id)",
    OverlapNotice 9 "overlap_notice (municipality_id, id, household_a, household_b, desk_a, desk_b, \
                     coordinator_desk_id, found_at, command_id)",
    UrgentAsk 7 "urgent_ask (municipality_id, id, user_id, desk_id, reason, stated_at, command_id)",
    UrgentWords 3 "urgent_words (municipality_id, of_id, words)",
    UrgentTry 8 "urgent_try (municipality_id, id, ask_id, user_id, desk_id, at, outcome, command_id)",
    UrgentLook 13 "urgent_look (municipality_id, id, ask_id, user_id, desk_id, case_id, from_at, until_at, review_state, \
                   review_role, review_task_id, version, command_id)",
    UrgentNotice 7 "urgent_notice (municipality_id, look_id, task_id, answer, answered_at, answered_by, command_id)",
    UrgentReview 7 "urgent_review (municipality_id, id, look_id, outcome, by_user_id, at, command_id)",
    AccessReport 14 "access_report (municipality_id, id, state, desk_id, user_id, case_id, person_id, asked_on, \
                     asked_by, identity, from_day, until_day, due_on, command_id)",
    PartPromise 12 "task (municipality_id, id, kind, state, desk_id, assignee_id, case_id, entry_id, thing_id, due_at, \
                    ended_at, command_id)",
    Need 13 "need (municipality_id, id, case_id, entry_id, area, owner_desk_id, state, reason, outcome_entry_id, desk_id, \
             opened_at, ended_at, command_id)",
    NeedPart 7 "need_part (municipality_id, id, need_id, desk_id, entry_id, task_id, command_id)",
    Participation 9 "participation (municipality_id, id, case_id, person_id, wish_entry_id, strength_entry_id, desk_id, \
                     state, command_id)",
    ParticipationStep 14 "participation_step (municipality_id, participation_id, seq, step, state, happened_on, \
                          recorded_at, desk_id, author_id, place_entry_id, trial_on, entry_id, next_on, command_id)",
    Caution 10 "caution (municipality_id, id, case_id, kind, entry_id, desk_id, author_id, set_at, review_on, command_id)",
    Reflection 7 "reflection (municipality_id, id, case_id, desk_id, author_id, written_at, command_id)",
    ReflectionText 4 "reflection_text (municipality_id, reflection_id, part, entry_id)",
    ReflectionCause 3 "reflection_cause (municipality_id, reflection_id, cause)",
    Lesson 16 "lesson (municipality_id, id, reflection_id, desk_id, author_id, title, situation, done, learned, topics, \
               tags, state, sent_at, decided_at, decided_by, command_id)",
    HandOverPack 7 "hand_over_pack (municipality_id, id, desk_id, from_user_id, last_day, made_at, command_id)",
    HandOverItem 6 "hand_over_item (municipality_id, pack_id, case_id, to_user_id, entry_id, command_id)",
    Skill 8 "skill_of (municipality_id, user_id, skill, level, said_at, confirmed_by, confirmed_at, command_id)",
    AccessLog 12 "access_log (municipality_id, id, at, user_id, appointment_id, channel, action, record_kind, \
                  record_id, categories, basis, source_id)",
}

/// Rows waiting, and how many were written.
#[derive(Default)]
pub(crate) struct Tables {
    waiting: Vec<Vec<Vec<Value>>>,
    values: usize,
    written: Vec<usize>,
    flushes: u32,
}

impl Tables {
    /// Adds a row.
    pub fn row(&mut self, table: Table, values: Vec<Value>) {
        debug_assert_eq!(values.len(), HEADS[table as usize].1, "{table:?}");
        if self.waiting.is_empty() {
            self.waiting.resize_with(HEADS.len(), Vec::new);
            self.written.resize(HEADS.len(), 0);
        }
        self.values += values.len();
        self.written[table as usize] += 1;
        self.waiting[table as usize].push(values);
    }

    /// Writes what waits when it has become much. The rows so far must be whole: whatever a row points to with a
    /// key that is checked at once was added before.
    pub async fn relieve(&mut self, conn: &mut Conn<'_>) -> Result<(), Broken> {
        if self.values >= MOST_VALUES { self.flush(conn).await } else { Ok(()) }
    }

    /// Writes everything that waits.
    pub async fn flush(&mut self, conn: &mut Conn<'_>) -> Result<(), Broken> {
        for ((head, width), rows) in HEADS.iter().zip(&mut self.waiting) {
            let mut bulk = Bulk::new(head, *width);
            for row in rows.drain(..) {
                bulk.row(row);
            }
            bulk.run(conn).await?;
        }
        self.values = 0;
        self.flushes += 1;
        // PostgreSQL plans the check of a foreign key once. Planned while the tables were empty, it would read them whole for each row.
        if self.flushes.is_power_of_two() {
            engine::statistics::gather(conn).await?;
        }
        Ok(())
    }

    /// Rows of one table so far.
    pub fn written(&self, table: Table) -> usize {
        self.written.get(table as usize).copied().unwrap_or(0)
    }

    /// Rows of all tables so far.
    pub fn rows(&self) -> usize {
        self.written.iter().sum()
    }
}
