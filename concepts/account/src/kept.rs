//! What somebody sent when the session had ended: kept in the page through the sign-in, never on the server.

use std::str::FromStr;

use engine::wall::Key;
use engine::{Broken, Engine};
use site::{Fields, Req};
use words::id::UserId;

use crate::sql::Stored;
use crate::{rules, sql};

/// Fields that are never kept: the old page's proof, and secrets.
const NEVER: &[&str] =
    &["csrf", "password", "current_password", "new_password", "new_password_again", "code", "secret"];

/// What a sign-in form carries beside who wants to come in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    /// Where to go on.
    pub next: String,
    /// Where the kept fields were sent to; empty when there are none.
    pub to: String,
    /// Whose they are, as the form said itself.
    pub owner: String,
    /// The CSRF value they were sent with: it names the session of their owner, and thereby proves whose they
    /// are and that this site made the form.
    pub proof: String,
    /// The fields, as JSON pairs: an urlencoded text would grow threefold each time it is sent.
    pub fields: String,
}

/// What becomes of kept fields once somebody has come in.
pub(crate) enum Onward {
    /// Nothing was kept.
    Nothing,
    /// They belong to somebody else.
    NotTheirs,
    /// They are sent again.
    Resend {
        /// Names and values.
        pairs: Vec<(String, String)>,
        /// Whether the owner is proven: only then are they sent without another click.
        proven: bool,
    },
}

impl Kept {
    /// Nothing but where to go on.
    pub(crate) fn going_to(next: &str) -> Self {
        Self { next: rules::plain_path(next).to_owned(), ..Self::default() }
    }

    /// What a sign-in form brought along.
    pub(crate) fn brought(body: &Fields) -> Self {
        let of = |name: &str| body.get(name).unwrap_or_default();
        let to = if of("kept").is_empty() { "" } else { rules::plain_path(of("kept_to")) };
        Self {
            next: rules::plain_path(of("next")).to_owned(),
            to: to.to_owned(),
            owner: of("kept_owner").to_owned(),
            proof: of("kept_proof").to_owned(),
            fields: of("kept").to_owned(),
        }
    }

    /// What `req` had just sent.
    pub(crate) fn sent(req: &Req) -> Self {
        let pairs: Vec<&(String, String)> =
            req.body().pairs().iter().filter(|(name, _)| !NEVER.contains(&name.as_str())).collect();
        Self {
            next: "/".to_owned(),
            to: here(req),
            owner: req.body().get("owner").unwrap_or_default().to_owned(),
            proof: req.body().get("csrf").unwrap_or_default().to_owned(),
            // Pairs of texts always have a JSON form.
            fields: serde_json::to_string(&pairs).unwrap_or_default(),
        }
    }

    /// Whether fields were kept.
    pub(crate) fn has_fields(&self) -> bool {
        !self.to.is_empty()
    }

    /// The session the kept form was made in, whatever this browser's session is by now.
    pub(crate) async fn origin(&self, engine: &Engine) -> Result<Option<Stored>, Broken> {
        if self.proof.is_empty() {
            return Ok(None);
        }
        let mut look = engine.glance(Key::Form(&self.proof)).await?;
        sql::session_by_csrf(&mut look.conn(), &self.proof).await
    }

    /// What becomes of the fields now that `user` has come in.
    pub(crate) async fn onward(&self, engine: &Engine, user: UserId) -> Result<Onward, Broken> {
        if !self.has_fields() {
            return Ok(Onward::Nothing);
        }
        let (theirs, proven) = match self.origin(engine).await? {
            Some(stored) => (stored.user == user, true),
            // A form of long ago still says whose it was; whoever reads it decides whether to send it.
            None => (UserId::from_str(&self.owner).is_ok_and(|owner| owner == user), false),
        };
        let pairs = serde_json::from_str(&self.fields);
        Ok(match pairs {
            Ok(pairs) if theirs => Onward::Resend { pairs, proven },
            _ => Onward::NotTheirs,
        })
    }
}

/// The path of a request, without its query: what was typed does not go into the address of the sign-in.
pub(crate) fn here(req: &Req) -> String {
    rules::plain_path(req.path()).to_owned()
}
