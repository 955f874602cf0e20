//! Questions to the embedded France, and the files and pages that answer them.

use std::path::Path;

use rurban::accessibility::Catchment;
use rurban::autocorrelation::Test;
use rurban::france::{EmbeddedFrance, FranceOptions, ResearchScope};
use rurban::model::{ActorKind, Level};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::report::portrait::{PortraitOptions, Portraits};
use rurban::report::{AtlasOptions, StudyFiles};
use rurban::siting::WorkshopOptions;
use rurban::study::{
    AccessOptions, BelongingOptions, Capacity, DiffusionOptions, FirmLaboratoryOptions, LinkageOptions,
    PartnerUnits, PartnersOptions, Perimeters, SpatialOptions, Study, StudyOptions, TerritoryScore,
    WorkshopsOptions,
};

use crate::{Call, digits};

pub(super) struct Case {
    study: Study,
    /// Firms and laboratories in projects.
    research: Study,
}

pub(super) fn case() -> Case {
    let of = |france: EmbeddedFrance| {
        Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap().0
    };
    let mut france = EmbeddedFrance::load().unwrap();
    france.draw_approximate_outlines(&Silent).unwrap();
    let projects = FranceOptions::default().research(ResearchScope::FirmsWithLaboratories);
    Case { study: of(france), research: of(EmbeddedFrance::load_with(&projects).unwrap()) }
}

/// What each file of `src` that uses threads is reached by.
pub(super) const CALLS: &[Call<Case>] = &[
    Call::new("france/embedded/mod study/places", "EmbeddedFrance::load and Study::new", |c| {
        digits((c.study.atlas().base().geometry(), c.study.inventory().actors(), c.study.links()))
    }),
    Call::new("study/linkage/mod", "linkage and linkage_by", |c| {
        let options = LinkageOptions::default().permutations(19).swaps(3);
        digits((c.study.linkage(&options, &Silent), c.study.linkage_by(&Level::Departement)))
    }),
    Call::new("study/belonging", "belonging", |c| {
        let regions = Perimeters::of_level(c.study.atlas(), &Level::Region).unwrap();
        digits(c.study.belonging(&regions, &BelongingOptions::default().replicates(3), &Silent))
    }),
    Call::new("study/chance", "tie_chances", |c| digits(c.study.tie_chances(&Level::Region, 25e3, &Silent))),
    Call::new("study/territories", "reach, nearest_actor_m", |c| {
        digits((c.study.reach(&Silent), c.study.nearest_actor_m(ActorKind::ResearchCentre)))
    }),
    Call::new("study/spatial", "spatial_structure", |c| {
        let reach = c.study.reach(&Silent).unwrap();
        let measures = c.study.territory_measures(&Level::Departement, &reach).unwrap();
        let rural: Vec<f64> = measures.iter().map(|m| TerritoryScore::RuralShare.of(m)).collect();
        let drawn = SpatialOptions::default().test(Test::Permutation { permutations: 19, seed: Seed(1) });
        digits(c.study.spatial_structure(&Level::Departement, &rural, &drawn))
    }),
    Call::new("accessibility/nearest", "access", |c| {
        let supply = c.study.supply(&[ActorKind::ResearchCentre], Capacity::One).unwrap();
        digits(c.study.access(&AccessOptions::new(supply).catchment(Catchment::within(20e3)), &Silent))
    }),
    Call::new("study/partners/recommend study/partners/region", "recommend_all and match_region", |c| {
        let units = PartnersOptions::new(PartnerUnits::Territories(Level::Departement));
        let partners = c.study.partners(&units, None).unwrap();
        digits((partners.recommend_all(&Silent), partners.match_region(&[0, 1, 2, 3], 2, 2)))
    }),
    Call::new("study/diffusion", "diffusion", |c| {
        digits(c.study.diffusion(&DiffusionOptions::default(), &Silent))
    }),
    Call::new("study/workshops", "workshops", |c| {
        let who = c.study.actors_of(&[ActorKind::InnovationPlace]).into_iter().take(40).collect();
        digits(c.study.workshops(&WorkshopsOptions::new(who, WorkshopOptions::new(8, 12))))
    }),
    Call::new("study/research/count", "firms_and_laboratories", |c| {
        digits(c.research.firms_and_laboratories(&FirmLaboratoryOptions::default(), &Silent))
    }),
    Call::new("report/files report/atlas write/atlas_html/mod", "StudyFiles::write", |c| {
        let folder = tempfile::tempdir().unwrap();
        let files = StudyFiles::measure(&c.study, &Silent).unwrap();
        let written = files.write(folder.path(), &Level::Departement, &AtlasOptions::default(), &Silent);
        written.unwrap().iter().map(|file| fingerprint(file, folder.path())).collect()
    }),
    Call::new("report/portrait/mod", "Portraits", |c| {
        let portraits =
            Portraits::new(&c.study, Level::Region, &PortraitOptions::default(), &Silent).unwrap();
        digits((0..3).map(|t| portraits.page(t).unwrap().to_markdown()).collect::<Vec<_>>())
    }),
    #[cfg(feature = "parquet")]
    Call::new("write/geoparquet", "write_geoparquet", |c| {
        let shapes = c.study.atlas().base().geometry().unwrap();
        let shapes = rurban::write::geojson::Shapes::Polygons(shapes, rurban::model::Contours::Approximate);
        let mut out = Vec::new();
        rurban::write::geoparquet::write_geoparquet(&mut out, shapes, &rurban::write::Table::new()).unwrap();
        digits(out)
    }),
];

/// Name, length and FNV hash of a file: enough to tell that a byte differs.
fn fingerprint(file: &Path, folder: &Path) -> String {
    let bytes = std::fs::read(file).unwrap();
    let hash = |h: u64, b: &u8| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, hash);
    format!("{} {} {hash:x}\n", file.strip_prefix(folder).unwrap().display(), bytes.len())
}
