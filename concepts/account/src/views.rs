//! What the pages show.

use askama::Template;
use site::{Form, Frame};

use crate::kept::Kept;
use crate::totp::Square;

/// A person to choose.
pub(crate) struct Choice {
    pub user: String,
    pub login: String,
    pub name: String,
    pub reading: String,
    pub line: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    pub frame: Frame,
    pub kept: Kept,
    pub error: String,
    pub lead: String,
    pub login: String,
    pub choices: Vec<Choice>,
}

/// Sign in again: something was sent when the session had ended.
#[derive(Template)]
#[template(path = "resume.html")]
pub(crate) struct ResumePage {
    pub frame: Frame,
    pub kept: Kept,
    pub error: String,
    pub login: String,
    pub name: String,
}

/// The second step of a sign-in.
#[derive(Template)]
#[template(path = "second.html")]
pub(crate) struct SecondPage {
    pub frame: Frame,
    pub kept: Kept,
    pub error: String,
    pub enrol: Option<Enrol>,
}

/// A second factor to take on.
pub(crate) struct Enrol {
    pub secret: String,
    pub uri: String,
    pub square: Square,
}

impl Enrol {
    /// The secret in groups of four, to be typed.
    pub(crate) fn groups(&self) -> String {
        let letters: Vec<char> = self.secret.chars().collect();
        letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
    }
}

/// A form that goes on by itself after signing in again.
#[derive(Template)]
#[template(path = "resend.html")]
pub(crate) struct ResendPage {
    pub frame: Frame,
    pub to: String,
    pub csrf: String,
    pub pairs: Vec<(String, String)>,
    pub by_itself: bool,
}

#[derive(Template)]
#[template(path = "lock.html")]
pub(crate) struct LockPage {
    pub frame: Frame,
    pub kept: Kept,
    pub chosen: Option<Choice>,
    pub others: Vec<Choice>,
}

/// An appointment to act under.
pub(crate) struct SeatChoice {
    pub appointment: String,
    pub desk: String,
    pub role: String,
    pub programme: String,
    pub here: bool,
}

#[derive(Template)]
#[template(path = "seat.html")]
pub(crate) struct SeatPage {
    pub frame: Frame,
    pub seats: Vec<SeatChoice>,
}

/// What the second factor's part of the own settings shows.
pub(crate) enum Second {
    /// The office forbids phones.
    Forbidden,
    /// Taken; whether it can be given up.
    On { removable: bool },
    /// Not taken yet.
    Off(Enrol),
}

#[derive(Template)]
#[template(path = "me.html")]
pub(crate) struct MePage {
    pub frame: Frame,
    pub form: Form,
    pub login: String,
    pub min: usize,
    pub second: Second,
}
