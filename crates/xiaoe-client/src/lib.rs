//! Client for 小鹅通 (Xiaoe-tech).
