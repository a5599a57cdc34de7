//! Taking back what one has just done.
//!
//! Nothing is erased by it. What is taken back was one state in a row of kept states; taking it back writes one more, which
//! says what the one before said. So it is an act of its own, with its own right, and the history shows both.
//!
//! - Only the person who wrote a state takes it back: nobody else's slip is theirs to judge.
//! - Only the newest state is taken back. Had anybody written since, taking it back would overwrite their words: the answer is
//!   that of a conflict, and nothing changes.

use words::id::{CommandId, UserId};

use crate::{Fail, Refusal};

/// One of the states of something whose every state is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The command that wrote it; none for what came before commands were kept there.
    pub command: Option<CommandId>,
    /// The person behind the command; none for files and jobs.
    pub author: Option<UserId>,
}

/// Which of `states`, in the order in which they were written, is the one that `change` wrote and `me` may take back.
///
/// Somebody else's change does not exist for them; a change that is not the newest any more is a conflict.
pub fn newest(states: &[Written], change: CommandId, me: UserId) -> Result<usize, Fail> {
    let own = |s: &Written| s.command == Some(change) && s.author == Some(me);
    let at = states.iter().rposition(own).ok_or(Fail::NotVisible)?;
    if at + 1 == states.len() { Ok(at) } else { Err(Refusal::conflict("undo.changed").into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::Id;

    fn id<K>(n: u128) -> Id<K> {
        Id::new(uuid::Uuid::from_u128(n))
    }

    fn by(command: u128, author: u128) -> Written {
        Written { command: Some(id(command)), author: Some(id(author)) }
    }

    #[test]
    fn only_ones_own_newest_state_is_taken_back() {
        let states = [by(1, 7), by(2, 8), by(3, 7)];
        assert_eq!(newest(&states, id(3), id(7)).ok(), Some(2));
        assert!(matches!(newest(&states, id(3), id(8)), Err(Fail::NotVisible)));
        assert!(matches!(newest(&states, id(9), id(7)), Err(Fail::NotVisible)));
        assert!(matches!(newest(&states, id(1), id(7)), Err(Fail::Refused(why)) if why.conflict));
        // What a file or a job wrote is nobody's.
        let file = [Written { command: Some(id(1)), author: None }];
        assert!(matches!(newest(&file, id(1), id(7)), Err(Fail::NotVisible)));
    }
}
