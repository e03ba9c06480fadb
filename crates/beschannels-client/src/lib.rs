//! Client for 致趣百川 (Beschannels).
