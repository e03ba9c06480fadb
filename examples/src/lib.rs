//! Programs over all three vendors; see the files beside this folder.
