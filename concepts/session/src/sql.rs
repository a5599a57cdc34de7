//! Storing bodies, sessions, agendas and invitations. Nothing here is content: names of bodies, days, desks and ids.

pub(crate) mod after;
pub(crate) mod body;
pub(crate) mod homework;
pub(crate) mod invitee;
pub(crate) mod item;
pub(crate) mod meeting;
pub(crate) mod minuted;
pub(crate) mod outside;
