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
//! | **every value that is held against a peer's**, ours and theirs, and how to make theirs again | [`validation`] |
//!
//! Examples of these pages stand in a function that returns `rurban::Result<()>`; where one begins with `study`, that
//! is the embedded France of [`concepts`].
//!
//! Costs are in `benches/README.md` of the repository.

#[doc = include_str!("guide/concepts.md")]
pub mod concepts {}

/// Choosing a null model: why one alone misleads.
#[doc = include_str!("guide/pictures/null_models.svg.html")]
#[doc = include_str!("guide/null_models.md")]
pub mod null_models {}

#[doc = include_str!("guide/reading.md")]
pub mod reading {}

/// One page per family: formula, picture, example on the embedded France, how not to misread it.
pub mod families {
    /// Linkage: how much, with whom and how far are rural and urban actors tied?
    #[doc = include_str!("guide/pictures/linkage.svg.html")]
    #[doc = include_str!("guide/linkage.md")]
    pub mod linkage {}
    /// Complementarity: what has one side that the other lacks and could use?
    #[doc = include_str!("guide/pictures/complementarity.svg.html")]
    #[doc = include_str!("guide/complementarity.md")]
    pub mod complementarity {}
    /// Access: who reaches what?
    #[doc = include_str!("guide/pictures/access.svg.html")]
    #[doc = include_str!("guide/access.md")]
    pub mod access {}
    /// Typology: what is rural?
    #[doc = include_str!("guide/pictures/typology.svg.html")]
    #[doc = include_str!("guide/typology.md")]
    pub mod typology {}
    /// Autocorrelation: do territories that score high lie side by side?
    #[doc = include_str!("guide/pictures/autocorrelation.svg.html")]
    #[doc = include_str!("guide/autocorrelation.md")]
    pub mod autocorrelation {}
    /// Inequality: how unequally are people endowed, and is it between rural and urban or within?
    #[doc = include_str!("guide/pictures/inequality.svg.html")]
    #[doc = include_str!("guide/inequality.md")]
    pub mod inequality {}
    /// Matching: who should cooperate with whom, and would the score have known?
    #[doc = include_str!("guide/pictures/matching.svg.html")]
    #[doc = include_str!("guide/matching.md")]
    pub mod matching {}
    /// Belonging: does cooperation follow the perimeters, beyond what distance gives?
    #[doc = include_str!("guide/pictures/belonging.svg.html")]
    #[doc = include_str!("guide/belonging.md")]
    pub mod belonging {}
    /// Diffusion: how do practices spread, and whom to tell first?
    #[doc = include_str!("guide/pictures/diffusion.svg.html")]
    #[doc = include_str!("guide/diffusion.md")]
    pub mod diffusion {}
    /// Siting: where would new places be within reach of most people, with a proof?
    #[doc = include_str!("guide/pictures/siting.svg.html")]
    #[doc = include_str!("guide/siting.md")]
    pub mod siting {}
    /// Funding: what do programmes give to whom, per whom, and of what kind?
    #[doc = include_str!("guide/pictures/funding.svg.html")]
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

#[allow(clippy::doc_markdown, reason = "names that peers give their values")]
#[doc = include_str!("../VALIDATION.md")]
pub mod validation {}
