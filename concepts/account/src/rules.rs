//! What decides about coming in, staying and acting. No I/O.

use access::Seat;
use unicode_normalization::UnicodeNormalization;
use words::Instant;
use words::id::AppointmentId;

/// Fewest characters of a password (NIST SP 800-63B asks for eight at least; a shared office for more).
pub const SHORTEST: usize = 10;
/// Most characters: hashing must not become a way to keep the server busy.
pub const LONGEST: usize = 200;
/// However busy somebody is, after so many hours they come in anew.
pub const LONGEST_SESSION_HOURS: i64 = 12;
/// How long the code of the second step may be awaited.
pub const SECOND_STEP_MINUTES: i64 = 5;
/// How long a shared PC remembers who signed in on it.
pub const DEVICE_DAYS: i64 = 30;
/// Seconds of one step of a time-based code (RFC 6238).
pub const STEP_SECONDS: u64 = 30;
/// Login names are short.
const LONGEST_LOGIN: usize = 64;

/// What everybody tries first. Compared without capitals and without a tail of digits and marks.
const GUESSED_FIRST: &[&str] = &[
    "password",
    "passw0rd",
    "passwordpassword",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "zxcvbnm",
    "letmein",
    "welcome",
    "iloveyou",
    "administrator",
    "admin",
    "fujisawa",
    "fujisawashi",
    "yorisou",
    "abcdefghij",
    "abcdefg",
    "パスワード",
    "よりそう",
    "ふじさわ",
];

/// Why a new password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weak {
    /// Fewer than [`SHORTEST`] characters.
    TooShort,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// It is the login name, or contains little else.
    IsLogin,
    /// Among the first guesses.
    Common,
}

impl Weak {
    /// Key of the sentence.
    pub const fn key(self) -> &'static str {
        match self {
            Self::TooShort => "password.too_short",
            Self::TooLong => "password.too_long",
            Self::IsLogin => "password.is_login",
            Self::Common => "password.common",
        }
    }
}

/// The one spelling of a password that is hashed: keyboards differ in how they make the same characters.
pub fn normal(password: &str) -> String {
    password.nfkc().collect()
}

/// The one spelling of a login name: full-width digits count as digits.
pub fn normal_login(login: &str) -> String {
    login.trim().nfkc().collect()
}

/// Whether a text can be a login name: short, visible ASCII without spaces.
pub fn is_login(login: &str) -> bool {
    !login.is_empty() && login.len() <= LONGEST_LOGIN && login.chars().all(|c| c.is_ascii_graphic())
}

/// Whether `password` may become the password of `login`.
pub fn good_password(login: &str, password: &str) -> Result<(), Weak> {
    let password = normal(password);
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weak::TooShort);
    }
    if length > LONGEST {
        return Err(Weak::TooLong);
    }
    let small = password.to_lowercase();
    let login = normal_login(login).to_lowercase();
    if !login.is_empty() && small.replace(&login, "").chars().count() < SHORTEST / 2 {
        return Err(Weak::IsLogin);
    }
    let core = small.trim_matches(|c: char| !c.is_alphabetic());
    let few = {
        let mut seen: Vec<char> = small.chars().collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len() < 4
    };
    if few || is_run(&small) || GUESSED_FIRST.contains(&core) {
        return Err(Weak::Common);
    }
    Ok(())
}

/// `1234567890`, `abcdefghij`, and the same backwards.
fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps = |by: i64| codes.windows(2).filter(|w| w[1] - w[0] == by).count();
    let most = codes.len().saturating_sub(2);
    steps(1) >= most || steps(-1) >= most
}

/// Until when an account stays shut after its `failures`th wrong try in a row; `None`: it stays open.
pub fn shut_until(failures: i64, lock_after: i64, lock_minutes: i64, now: Instant) -> Option<Instant> {
    (failures >= lock_after.max(1)).then(|| now.plus_minutes(lock_minutes.max(1)))
}

/// Whether an account may be entered at all now.
pub fn is_open(locked_until: Option<Instant>, disabled: bool, now: Instant) -> bool {
    !disabled && locked_until.is_none_or(|until| until <= now)
}

/// When a session was made, last used and ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Made at.
    pub created: Instant,
    /// Last used at, to the minute.
    pub seen: Instant,
    /// Ended at: signed out, seat left, or somebody else came.
    pub ended: Option<Instant>,
}

/// Whether a session still holds.
pub fn is_live(span: Span, idle_minutes: i64, now: Instant) -> bool {
    span.ended.is_none()
        && now < span.seen.plus_minutes(idle_minutes)
        && now < span.created.plus_hours(LONGEST_SESSION_HOURS)
}

/// Whether to note that a session is in use: once a minute is enough, and a write for each page is not.
pub fn is_due_for_notice(seen: Instant, now: Instant) -> bool {
    seen.plus_minutes(1) <= now
}

/// The appointments with the one to act under first: the chosen one while it is in force, otherwise the first.
pub fn acting_first(mut seats: Vec<Seat>, chosen: Option<AppointmentId>) -> Vec<Seat> {
    if let Some(place) = seats.iter().position(|s| Some(s.appointment) == chosen) {
        seats[..=place].rotate_right(1);
    }
    seats
}

/// Whether a right code of step `step` is taken: never one of the last step taken or before (RFC 6238, 5.2).
pub fn takes_step(last: Option<i64>, step: i64) -> bool {
    last.is_none_or(|last| step > last)
}

/// A path of this site to go on to; anything else becomes the first page. Never another site: `//host`, and
/// what a browser would turn into it.
pub fn local_path(path: &str) -> &str {
    let inside = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.chars().all(|c| c.is_ascii_graphic());
    if inside { path } else { "/" }
}

/// A path of this site without its query: what was typed does not go into the address of the sign-in.
pub fn plain_path(path: &str) -> &str {
    local_path(path).split('?').next().unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use access::Role;
    use proptest::prelude::*;
    use words::{Day, Id};

    use super::*;

    fn now() -> Instant {
        Instant::at(Day::new(2026, 11, 21).unwrap(), 9, 0)
    }

    #[test]
    fn a_password_is_long_and_not_the_first_guess() {
        let cases = [
            ("a12", "short", Err(Weak::TooShort)),
            ("a12", "いぬねこさる", Err(Weak::TooShort)),
            ("fujisawa-0012", "fujisawa-0012", Err(Weak::IsLogin)),
            ("fujisawa-0012", "FUJISAWA-0012!", Err(Weak::IsLogin)),
            ("a12", "password123", Err(Weak::Common)),
            ("a12", "ｐａｓｓｗｏｒｄ１２３", Err(Weak::Common)),
            ("a12", "Fujisawa2026!", Err(Weak::Common)),
            ("a12", "1234567890", Err(Weak::Common)),
            ("a12", "0987654321", Err(Weak::Common)),
            ("a12", "aaaaaaaaaaaa", Err(Weak::Common)),
            ("a12", "うみとやまと、きょうだい", Ok(())),
            ("a12", "seven kites over enoshima", Ok(())),
            ("", "seven kites over enoshima", Ok(())),
        ];
        for (login, password, expected) in cases {
            assert_eq!(good_password(login, password), expected, "{login} {password}");
        }
        assert_eq!(good_password("a12", &"海山".repeat(101)), Err(Weak::TooLong));
    }

    #[test]
    fn the_same_characters_are_the_same_password() {
        assert_eq!(normal("ｶﾞｸ１"), normal("ガク1"));
        assert_eq!(normal_login(" ａ００１２ "), "a0012");
    }

    #[test]
    fn login_names_are_visible_ascii() {
        assert!(is_login("a0012") && is_login("tsuji.s@fujisawa"));
        assert!(!is_login("") && !is_login("a b") && !is_login("辻") && !is_login(&"a".repeat(65)));
    }

    #[test]
    fn the_fifth_wrong_try_shuts_the_account() {
        assert_eq!(shut_until(4, 5, 15, now()), None);
        assert_eq!(shut_until(5, 5, 15, now()), Some(now().plus_minutes(15)));
        assert_eq!(shut_until(1, 0, 0, now()), Some(now().plus_minutes(1)));
        assert!(!is_open(Some(now().plus_minutes(1)), false, now()));
        assert!(is_open(Some(now()), false, now()));
        assert!(!is_open(None, true, now()));
    }

    #[test]
    fn a_session_ends_by_idleness_by_age_and_by_leaving() {
        let fresh = Span { created: now(), seen: now(), ended: None };
        assert!(is_live(fresh, 30, now().plus_minutes(29)));
        assert!(!is_live(fresh, 30, now().plus_minutes(30)));
        let busy = Span { seen: now().plus_hours(12).plus_minutes(-2), ..fresh };
        assert!(is_live(busy, 30, now().plus_hours(12).plus_minutes(-1)));
        assert!(!is_live(busy, 30, now().plus_hours(12)));
        assert!(!is_live(Span { ended: Some(now()), ..fresh }, 30, now()));
        assert!(!is_due_for_notice(now(), now()) && is_due_for_notice(now(), now().plus_minutes(1)));
    }

    #[test]
    fn a_code_is_taken_once() {
        assert!(takes_step(None, 7) && takes_step(Some(6), 7));
        assert!(!takes_step(Some(7), 7) && !takes_step(Some(8), 7));
    }

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        for good in ["/", "/cases/1?page=2", "/who#a"] {
            assert_eq!(local_path(good), good);
        }
        assert_eq!(plain_path("/cases/1?q=%E3%81%82"), "/cases/1", "what was typed is not carried along");
        assert_eq!(plain_path("//evil.example?q"), "/");
        for bad in
            ["", "//evil.example", "/\\evil.example", "https://evil.example/", "cases", "/a\nb", "/\t/e"]
        {
            assert_eq!(local_path(bad), "/");
        }
    }

    fn seat(n: u128) -> Seat {
        let id = |x: u128| format!("{:032x}", n * 10 + x);
        Seat {
            appointment: id(1).parse::<Id<_>>().unwrap(),
            desk: id(2).parse().unwrap(),
            inherited: Vec::new(),
            agency: id(3).parse().unwrap(),
            role: Role::Caseworker,
            programme: String::new(),
        }
    }

    proptest! {
        #[test]
        fn choosing_only_reorders(n in 0_u128..6, chosen in 0_u128..8) {
            let seats: Vec<Seat> = (0..n).map(seat).collect();
            let ordered = acting_first(seats.clone(), Some(seat(chosen).appointment));
            if chosen < n {
                prop_assert_eq!(&ordered[0], &seat(chosen));
            } else {
                prop_assert_eq!(&ordered, &seats);
            }
            let mut back = ordered;
            back.sort_by_key(|s| s.appointment);
            prop_assert_eq!(back, seats);
        }

        #[test]
        fn a_session_never_outlives_its_limits(idle in 1_i64..600, used in 0_i64..2000, later in 0_i64..2000) {
            let span = Span { created: now(), seen: now().plus_minutes(used), ended: None };
            let then = now().plus_minutes(used + later);
            if is_live(span, idle, then) {
                prop_assert!(later < idle && used + later < LONGEST_SESSION_HOURS * 60);
            }
        }

        #[test]
        fn any_text_can_be_judged(login in "\\PC{0,20}", password in "\\PC{0,40}", path in "\\PC{0,30}") {
            let _ = good_password(&login, &password);
            let onward = local_path(&path);
            prop_assert!(onward.starts_with('/') && !onward.starts_with("//"));
            prop_assert_eq!(normal(&normal(&password)), normal(&password));
        }

        #[test]
        fn a_step_is_taken_once_whatever_the_order(steps in proptest::collection::vec(0_i64..5, 0..20)) {
            let mut last = None;
            let mut taken = Vec::new();
            for step in steps {
                if takes_step(last, step) {
                    last = Some(step);
                    taken.push(step);
                }
            }
            let mut once = taken.clone();
            once.dedup();
            prop_assert_eq!(once, taken);
        }
    }
}
