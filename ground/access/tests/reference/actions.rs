//! Who may do what, against the table as one would write it on paper.

use access::{Action, Denied, Holder, Relation, Role, Seat, System, Viewer, may};
use words::code::Code;
use words::id::DeskId;

use crate::built::id;

/// Action, roles, how the desk must stand to the record. From domain section 5 and the referral's "set by".
const TABLE: &str = "
write_consultation    caseworker agency_lead coordinator           any
dispose_consultation  caseworker agency_lead coordinator           accountable
write_sheet           liaison caseworker agency_lead coordinator   any
take_sheet            coordinator                                  receiver
take_back_sheet       liaison caseworker agency_lead coordinator   author
write_support         caseworker agency_lead coordinator           accountable part author
divide_roles          caseworker agency_lead coordinator           accountable part author
write_plan            caseworker agency_lead coordinator           accountable part author
edit_household        caseworker agency_lead coordinator           author
close_case            caseworker agency_lead coordinator           accountable
move_lead             caseworker agency_lead coordinator           accountable
send_referral         caseworker agency_lead coordinator           accountable part author
answer_referral       caseworker agency_lead coordinator           receiver
withdraw_referral     caseworker agency_lead coordinator           sender
send_inquiry          caseworker agency_lead coordinator           accountable part author
answer_inquiry        caseworker agency_lead coordinator           receiver
follow_inquiry        caseworker agency_lead coordinator           sender
raise_inquiry         caseworker agency_lead coordinator           sender
open_matter           coordinator                                  accountable part author
run_matter            caseworker agency_lead coordinator           accountable
name_deputy           administrator liaison caseworker agency_lead coordinator committee_member secretariat any
release_material      caseworker agency_lead coordinator           author
sit_in_matter         liaison caseworker agency_lead coordinator   receiver
keep_body             agency_lead coordinator secretariat          accountable
run_session           caseworker agency_lead coordinator secretariat accountable
propose_item          liaison caseworker agency_lead coordinator secretariat accountable part author
answer_invitation     liaison caseworker agency_lead coordinator committee_member secretariat receiver
follow_item           liaison caseworker agency_lead coordinator committee_member secretariat receiver
ask_capacity          caseworker agency_lead coordinator           accountable part author
answer_capacity       caseworker agency_lead coordinator           receiver
follow_capacity       caseworker agency_lead coordinator           sender
seek_contact          caseworker agency_lead coordinator           any
ask_advice            liaison caseworker agency_lead coordinator   any
give_advice           caseworker agency_lead coordinator           receiver
follow_advice         liaison caseworker agency_lead coordinator   sender
weigh_overlap         coordinator                                  task
judge_same_person     caseworker agency_lead coordinator           author
review_same_person    caseworker agency_lead coordinator           any
look_over             agency_lead coordinator                      any
pass_work             caseworker agency_lead coordinator           task
reflect               caseworker agency_lead coordinator           accountable part author
share_lesson          caseworker agency_lead coordinator           author
approve_lesson        agency_lead coordinator                      any
say_skill             liaison caseworker agency_lead coordinator   any
confirm_skill         agency_lead coordinator                      any
mark_in_error         caseworker agency_lead coordinator           author
record_on_behalf      caseworker agency_lead coordinator           sender
give_feedback         caseworker agency_lead coordinator           accountable part author
work_task             caseworker agency_lead coordinator           task
assign                agency_lead coordinator                      task
record_consent        caseworker agency_lead coordinator           accountable part author
set_aside             agency_lead coordinator                      accountable
record_withdrawal     liaison caseworker agency_lead coordinator   accountable author
hear_feedback         liaison caseworker agency_lead coordinator   receiver
exclude               agency_lead coordinator                      accountable
administer            administrator                                any
edit_plan             administrator analyst                        any
shape_sheets          administrator                                any
record_decision       coordinator                                  accountable part author
write_issue           liaison caseworker agency_lead coordinator committee_member any
audit_access          privacy_auditor                              any
look_urgently         caseworker agency_lead coordinator           any
review_urgent         privacy_auditor coordinator agency_lead      task
ask_for_report        caseworker agency_lead coordinator           accountable part author
prepare_report        privacy_auditor                              any
triage                caseworker agency_lead coordinator           accountable part author
confirm_triage        caseworker agency_lead coordinator           author
view_figures          agency_lead coordinator analyst              any
take_out              caseworker agency_lead coordinator           any
manage_disposal       privacy_auditor                              any
approve_disposal      agency_lead coordinator                      accountable
hold_record           agency_lead coordinator                      accountable
";

/// Ways to stand to a record, one at a time.
const STANDS: [&str; 7] = ["none", "author", "accountable", "part", "sender", "receiver", "task"];
/// Roles told that a record exists but is not theirs to change; the others get the answer of absence.
const CONCERNED: [&str; 3] = ["caseworker", "agency_lead", "coordinator"];

fn relation(stands: &str, desk: DeskId) -> Relation {
    standing(Relation::of_no_household(), stands, desk)
}

fn standing(mut relation: Relation, stands: &str, desk: DeskId) -> Relation {
    match stands {
        "author" => relation.author = Some(desk),
        "accountable" => relation.accountable = Some(desk),
        "part" => relation.case_desks = vec![id("elsewhere"), desk],
        "sender" => relation.sender = Some(desk),
        "receiver" => relation.receiver = Some(desk),
        "task" => relation.task = Some(desk),
        _ => {}
    }
    relation
}

fn seat(role: Role, desk: &str) -> Seat {
    Seat {
        appointment: id(&format!("{role} at {desk}")),
        desk: id(desk),
        inherited: vec![id("closed")],
        agency: id("agency"),
        role,
        programme: "multi_agency".to_owned(),
    }
}

fn viewer(seats: Vec<Seat>) -> Viewer {
    Viewer {
        municipality: id("town"),
        user: id("mori"),
        seats,
        excluded_from: Vec::new(),
        urgent: Vec::new(),
    }
}

fn line(action: &str) -> Vec<&'static str> {
    let words = |l: &'static str| -> Vec<&'static str> { l.split_whitespace().collect() };
    TABLE.lines().map(words).find(|w| w.first() == Some(&action)).unwrap_or_default()
}

fn allowed(action: &str, role: &str, stands: &str) -> bool {
    let words = line(action);
    words.contains(&role) && (words.contains(&"any") || words.contains(&stands))
}

#[test]
fn the_paper_table_names_every_action_once_and_nothing_else() {
    let named: Vec<&str> = TABLE.split('\n').filter_map(|l| l.split_whitespace().next()).collect();
    let mut actions: Vec<&str> = Action::ALL.iter().map(|a| a.code()).collect();
    let mut sorted = named.clone();
    sorted.sort_unstable();
    actions.sort_unstable();
    assert_eq!(sorted, actions);
}

#[test]
fn may_agrees_with_the_paper_for_every_action_role_and_standing() {
    let mut right = 0;
    for action in Action::ALL {
        for role in Role::ALL {
            for stands in STANDS {
                for at in ["mine", "closed", "elsewhere"] {
                    for excluded in [false, true] {
                        let household = Relation::within([id("first case"), id("second case")]);
                        let held = standing(household, stands, id(at));
                        let mut viewer = viewer(vec![seat(*role, "mine")]);
                        if excluded {
                            viewer.excluded_from.push(id("second case"));
                        }
                        let answer = may(&viewer, *action, &held);
                        let stands_here = if at == "elsewhere" { "none" } else { stands };
                        let expected = if excluded {
                            Err(Denied::Invisible)
                        } else if allowed(action.code(), role.code(), stands_here) {
                            Ok(viewer.seats[0].appointment)
                        } else if CONCERNED.contains(&role.code()) && stands_here != "none" {
                            Err(Denied::NotYours)
                        } else {
                            Err(Denied::Invisible)
                        };
                        let got = answer.map(|r| r.seat().map(|s| s.appointment));
                        assert_eq!(
                            got,
                            expected.map(Some),
                            "{action} by {role} as {stands} of {at}, {excluded}"
                        );
                        right += u32::from(got.is_ok());
                    }
                }
            }
        }
    }
    assert!(right > 300, "{right} rights in the whole table");
}

#[test]
fn without_a_seat_nobody_may_do_anything() {
    for action in Action::ALL {
        for stands in STANDS {
            let answer = may(&viewer(Vec::new()), *action, &relation(stands, id("mine")));
            assert_eq!(answer.err(), Some(Denied::Invisible), "{action} as {stands}");
        }
    }
}

#[test]
fn the_seat_acted_under_is_preferred_and_another_that_fits_is_used() {
    let here = seat(Role::Caseworker, "mine");
    let also = seat(Role::Caseworker, "second");
    let mut relation = relation("author", id("mine"));
    relation.case_desks = vec![id("second")];
    let by = |seats: Vec<Seat>, action| {
        let right = may(&viewer(seats), action, &relation).ok();
        right.and_then(|r| r.seat().map(|s| s.desk))
    };
    assert_eq!(by(vec![here.clone(), also.clone()], Action::WriteSupport), Some(id("mine")));
    assert_eq!(by(vec![also.clone(), here.clone()], Action::WriteSupport), Some(id("second")));
    // Only one of the two wrote it.
    assert_eq!(by(vec![also, here], Action::EditHousehold), Some(id("mine")));
}

/// A role at one desk and a standing at another do not add up to a right.
#[test]
fn role_and_standing_must_meet_in_one_seat() {
    let lead = seat(Role::AgencyLead, "mine");
    let clerk = seat(Role::Caseworker, "second");
    let task = relation("task", id("second"));
    let answer = may(&viewer(vec![lead, clerk]), Action::Assign, &task);
    assert_eq!(answer.err(), Some(Denied::NotYours));
}

#[test]
fn a_right_says_who_holds_it() {
    let viewer = viewer(vec![seat(Role::Caseworker, "mine")]);
    let right =
        may(&viewer, Action::WriteConsultation, &Relation::of_no_household()).expect("a caseworker may");
    let Holder::Person(user, seat) = right.holder() else { panic!("a person holds it") };
    assert_eq!((*user, seat), (viewer.user, &viewer.seats[0]));
    for actor in System::ALL {
        let right = access::Right::system(*actor);
        assert!(right.seat().is_none());
        assert!(matches!(right.holder(), Holder::System(s) if s == actor));
        assert!(actor.code().starts_with("system:"));
    }
}

#[test]
fn a_person_with_several_seats_acts_under_the_first_and_has_each_of_their_roles() {
    let clerk = seat(Role::Analyst, "mine");
    let worker = seat(Role::Caseworker, "second");
    let both = viewer(vec![clerk.clone(), worker.clone()]);
    assert_eq!(both.acting(), Some(&clerk));
    assert_eq!(viewer(vec![worker.clone(), clerk]).acting(), Some(&worker));
    assert_eq!(viewer(Vec::new()).acting(), None);
    assert!(both.has_role(&[Role::Caseworker]) && both.has_role(&[Role::Host, Role::Analyst]));
    assert!(!both.has_role(&[Role::Host]) && !viewer(Vec::new()).has_role(Role::ALL));
}
