//! Client for 兔展 (Rabbitpre).
