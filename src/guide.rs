//! The guide: what the crate is for, which question to ask of which room, and how to read the answer.
//!
//! | to learn | page |
//! |---|---|
//! | the words and the walk from files to answers | [`concepts`] |
//! | **which null model to use** | [`null_models`] |
//! | what the fields of a result say | [`reading`] |
//! | one page per family of measures | [`families`] |
//! | **how to add another country** | [`another_country`] |
//! | how to use it inside another program | [`embedding`] |
//! | why it is built as it is | [`design`] |
//! | what other tools do, and when to take them | [`compare`] |
//!
//! Every value is held against a peer or a formula worked apart from the crate: `VALIDATION.md` of the
//! repository has each of them, ours and theirs, and how to make theirs again. Costs are in
//! `benches/README.md`.

#[doc = include_str!("guide/concepts.md")]
pub mod concepts {}

#[doc = include_str!("guide/null_models.md")]
pub mod null_models {}

#[doc = include_str!("guide/reading.md")]
pub mod reading {}

/// One page per family: formula, picture, example on the embedded France, how not to misread it.
pub mod families {
    #[doc = include_str!("guide/linkage.md")]
    pub mod linkage {}
    #[doc = include_str!("guide/complementarity.md")]
    pub mod complementarity {}
    #[doc = include_str!("guide/access.md")]
    pub mod access {}
    #[doc = include_str!("guide/typology.md")]
    pub mod typology {}
    #[doc = include_str!("guide/autocorrelation.md")]
    pub mod autocorrelation {}
    #[doc = include_str!("guide/inequality.md")]
    pub mod inequality {}
    #[doc = include_str!("guide/matching.md")]
    pub mod matching {}
    #[doc = include_str!("guide/belonging.md")]
    pub mod belonging {}
    #[doc = include_str!("guide/diffusion.md")]
    pub mod diffusion {}
    #[doc = include_str!("guide/siting.md")]
    pub mod siting {}
    #[doc = include_str!("guide/funding.md")]
    pub mod funding {}
}

#[doc = include_str!("guide/another_country.md")]
pub mod another_country {}

#[doc = include_str!("guide/embedding.md")]
pub mod embedding {}

#[doc = include_str!("guide/design.md")]
pub mod design {}

#[doc = include_str!("guide/compare.md")]
pub mod compare {}
