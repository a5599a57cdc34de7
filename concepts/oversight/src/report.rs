//! 開示請求の写し: who looked at what is kept of a person, for that person.

pub(crate) mod acts;
pub(crate) mod desk;
pub(crate) mod exemption;
pub(crate) mod pages;
pub(crate) mod persons_copy;
pub mod rules;
pub(crate) mod sql;
