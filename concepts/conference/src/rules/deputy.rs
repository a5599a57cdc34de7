//! 代わりの進行役: who runs a matter where everybody at its secretariat, or at that of a session it comes before, is kept out of the
//! household (disclosure rule 14). The one place that says so.

use access::{Role, Viewer};
use engine::Refusal;
use words::id::{AppointmentId, DeskId, UserId};

/// Somebody named to run a matter in the place of its secretariat, under one appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deputy {
    /// The desk they sit at.
    pub desk: DeskId,
    /// Who.
    pub user: UserId,
    /// Under which appointment.
    pub appointment: AppointmentId,
    /// The matter is open, or the minutes of a session that talked it over are not approved yet.
    pub lasts: bool,
}

impl Deputy {
    /// The desk under which this viewer stands in; none for everybody else, when their appointment has ended, and when it is over.
    /// Whoever is kept out of the household is found out where every exclusion is, by `Relation::keeps_out`.
    pub fn stands_in(&self, viewer: &Viewer) -> Option<DeskId> {
        let seat = |s: &access::Seat| s.appointment == self.appointment && s.role.reads_desk_records();
        let here = self.lasts && viewer.user == self.user && viewer.seats.iter().any(seat);
        here.then_some(self.desk)
    }
}

/// The desk under which this viewer runs a matter: its secretariat, or as deputy their own.
pub fn runs_as(viewer: &Viewer, secretariat: DeskId, deputy: Option<&Deputy>) -> Option<DeskId> {
    let sits = viewer.seats.iter().any(|s| s.role.reads_desk_records() && s.holds(secretariat));
    if sits { Some(secretariat) } else { deputy.and_then(|d| d.stands_in(viewer)) }
}

/// Whether somebody in this role runs a matter, or the sessions it comes before.
pub fn runs(role: Role, sessions: bool) -> bool {
    role.reads_desk_records() || (sessions && role == Role::Secretariat)
}

/// Whether a matter has come to a desk where nobody may run it: of each desk that has to, whether each of its people is kept out.
pub fn deserted(desks: &[Vec<bool>]) -> bool {
    desks.iter().any(|people| people.iter().all(|kept_out| *kept_out))
}

/// A deputy is named while there is something to run and nobody who may, or to take the place of one; and never somebody who is kept out
/// themselves, who is to the form as somebody who is not there.
pub fn may_name_deputy(lasts: bool, needed: bool, kept_out: bool) -> Result<(), Refusal> {
    if !lasts {
        return Err(Refusal::new("conference.is_closed"));
    }
    if !needed {
        return Err(Refusal::conflict("conference.secretariat_there"));
    }
    if kept_out { Err(Refusal::new("conference.no_such_place")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use access::Seat;
    use words::id::Id;

    fn id<K>(n: u8) -> Id<K> {
        Id::new(format!("00000000-0000-7000-8000-0000000000{n:02}").parse().unwrap())
    }

    fn viewer(user: u8, seats: Vec<(u8, u8, Role)>) -> Viewer {
        let seats = seats
            .into_iter()
            .map(|(appointment, desk, role)| Seat {
                appointment: id(appointment),
                desk: id(desk),
                inherited: Vec::new(),
                agency: id(90),
                role,
                programme: String::new(),
            })
            .collect();
        Viewer { municipality: id(99), user: id(user), seats, excluded_from: Vec::new(), urgent: Vec::new() }
    }

    const DEPUTY: fn(bool) -> Deputy =
        |lasts| Deputy { desk: id(2), user: id(7), appointment: id(71), lasts };

    #[test]
    fn a_deputy_runs_it_under_their_own_appointment_and_only_while_it_lasts() {
        let me = viewer(7, vec![(70, 3, Role::Caseworker), (71, 2, Role::Caseworker)]);
        assert_eq!(runs_as(&me, id(1), Some(&DEPUTY(true))), Some(id(2)));
        assert_eq!(runs_as(&me, id(1), Some(&DEPUTY(false))), None, "it is over");
        assert_eq!(runs_as(&me, id(1), None), None, "somebody else was named, or nobody");
        let left = viewer(7, vec![(70, 3, Role::Caseworker)]);
        assert_eq!(runs_as(&left, id(1), Some(&DEPUTY(true))), None, "that appointment has ended");
        let other = viewer(8, vec![(71, 2, Role::Caseworker)]);
        assert_eq!(runs_as(&other, id(1), Some(&DEPUTY(true))), None, "their colleague was not named");
        let host = viewer(7, vec![(71, 2, Role::Host)]);
        assert_eq!(runs_as(&host, id(1), Some(&DEPUTY(true))), None);
        let office = viewer(5, vec![(50, 1, Role::Coordinator)]);
        assert_eq!(runs_as(&office, id(1), Some(&DEPUTY(true))), Some(id(1)), "whose exclusion has ended");
    }

    #[test]
    fn one_is_named_where_nobody_may_run_it() {
        assert!(deserted(&[vec![true]]) && deserted(&[vec![false], vec![true, true]]));
        assert!(!deserted(&[vec![true, false]]) && !deserted(&[]));
        let key = |lasts, needed, out| may_name_deputy(lasts, needed, out).err().map_or("", |r| r.key);
        assert_eq!(key(true, true, false), "");
        assert_eq!(key(false, true, false), "conference.is_closed");
        assert_eq!(key(true, false, false), "conference.secretariat_there");
        assert_eq!(key(true, true, true), "conference.no_such_place");
    }
}
