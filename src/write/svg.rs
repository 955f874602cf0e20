//! Picture
