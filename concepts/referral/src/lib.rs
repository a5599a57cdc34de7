//! referral.
