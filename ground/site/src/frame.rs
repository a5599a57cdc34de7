//! What every page shares.

use words::Instant;
use words::id::{CommandId, UserId};

use crate::habits::Habits;
use crate::{T, assets};

/// One place in the menu.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Key of the heading that begins with this place; empty within a group.
    pub heading: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Key of its word.
    pub key: &'static str,
    /// Whether it is where we are.
    pub here: bool,
    /// The key that leads there after `g`; empty when there is none.
    pub go: &'static str,
}

impl NavItem {
    /// The heading's id on the page: what its list is labelled by.
    pub fn heading_id(&self) -> String {
        self.heading.replace('.', "-")
    }
}

/// What the base template shows around a page.
#[derive(Clone)]
pub struct Frame {
    /// The words.
    pub t: T,
    /// Name of the municipality.
    pub municipality: String,
    /// Name of the signed-in person; empty when nobody is.
    pub name: String,
    /// The account, so that a form knows whose words it holds.
    pub user: Option<UserId>,
    /// The desk acted for.
    pub desk: String,
    /// The role acted under, as a code.
    pub role: String,
    /// Whether the person has several appointments.
    pub several_seats: bool,
    /// CSRF value for forms.
    pub csrf: String,
    /// The menu.
    pub nav: Vec<NavItem>,
    /// Sentence of something just done.
    pub flash: Option<String>,
    /// A fresh command id for a form on this page.
    pub command: CommandId,
    /// Another one, for the form that stands beside a list.
    pub beside: CommandId,
    /// Where to send the taking back of what was just done; a page sets it when it still can be.
    pub undo: Option<String>,
    /// The command of that form.
    pub undo_command: CommandId,
    /// Now.
    pub now: Instant,
    /// Whether this is a demonstration.
    pub demo: bool,
    /// Whether the page answers a sent form: the script then gives it the address of the form, so that the
    /// browser's back button leads there and never to a question about sending again.
    pub posted: bool,
    /// How the person likes to work.
    pub habits: Habits,
    /// The query of this page, as it stands in its address.
    pub query: String,
}

/// What the address of something found ends with: its page shows the way back to what was found.
pub const FOUND: &str = "found=1";

impl Frame {
    /// Whether this page was opened from what a search had found.
    pub fn found(&self) -> bool {
        self.query.split('&').any(|pair| pair == FOUND)
    }
    /// Style sheet.
    pub fn css(&self) -> &str {
        &assets::CSS.url
    }
    /// Script.
    pub fn js(&self) -> &str {
        &assets::JS.url
    }
    /// Mark.
    pub fn icon(&self) -> &str {
        &assets::ICON.url
    }
    /// Today, long.
    pub fn today(&self) -> String {
        self.t.day_long(self.now.day())
    }
    /// A moment, short.
    pub fn moment(&self, at: &Instant) -> String {
        self.t.moment(*at, self.now.day())
    }
    /// A day, short.
    pub fn day(&self, day: &words::Day) -> String {
        self.t.day(*day, self.now.day())
    }
}
