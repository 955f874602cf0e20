//! The pictures of the guide, drawn from the embedded France by the calls that its pages name, are the
//! files in `src/guide/pictures`. `RURBAN_WRITE=1 cargo test --test guide_pictures` draws them anew.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use std::path::{Path, PathBuf};

use rurban::accessibility::Catchment;
use rurban::france::EmbeddedFrance;
use rurban::labels::Labels;
use rurban::matrix::Matrix;
use rurban::model::{ActorKind, Contours, CooperationKind, Level, Rurality};
use rurban::progress::Silent;
use rurban::siting::Limit;
use rurban::space::Bounds;
use rurban::study::{
    AccessOptions, AccessReport, ActivitySource, BelongingOptions, Capacity, ComplementarityOptions,
    Counting, DiffusionBudget, DiffusionOptions, FundingOptions, LinkageOptions, LinkagePart, PartnerUnits,
    PartnersOptions, Perimeters, RuralityRules, SeedSet, SitesOptions, SitingCandidates, SitingDemand,
    SpatialClass, SpatialOptions, Study, StudyOptions, TerritoryScore, Typology,
};
use rurban::write::svg::{
    Axis, Bars, ClassColours, ClassMap, Colours, Coordinates, HeatMap, Marks, Plot, Series, Svg,
};

/// Continental France and Corsica.
const MAINLAND: Bounds = Bounds { min: [-5.3, 41.2], max: [9.7, 51.2] };

/// Corners of a curve through thousands of communes: as many as a screen can show.
const CORNERS: usize = 200;

struct France {
    study: Study,
    interreg: LinkagePart,
    laboratories: AccessReport,
}

impl France {
    fn load() -> Self {
        let mut france = EmbeddedFrance::load().unwrap();
        france.draw_approximate_outlines(&Silent).unwrap();
        let (study, _) =
            Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap();
        let linkage = study.linkage(&LinkageOptions::default().swaps(199), &Silent).unwrap();
        let interreg = (linkage.parts.into_iter())
            .find(|part| part.kind == Some(CooperationKind::TerritorialProject))
            .unwrap();
        let supply = study.supply(&[ActorKind::ResearchCentre], Capacity::One).unwrap();
        let options = AccessOptions::new(supply).catchment(Catchment::within(30e3));
        let laboratories = study.access(&options, &Silent).unwrap();
        Self { study, interreg, laboratories }
    }

    fn class_map(
        &self,
        [title, legend]: [&str; 2],
        level: &Level,
        (classes, labels): (&[String], &Labels),
        colours: ClassColours,
    ) -> Svg {
        let level = self.study.atlas().level(level).unwrap();
        ClassMap {
            title,
            legend,
            layer: level.geometry().unwrap(),
            contours: level.geometry_quality().map_or(Contours::Surveyed, Contours::from),
            classes,
            labels,
            colours,
            coordinates: Coordinates::Degrees,
            bounds: Some(MAINLAND),
        }
        .render()
        .unwrap()
    }

    /// What was seen of rural–urban ties, and what each null model expects.
    fn null_models(&self) -> Svg {
        let known = || self.interreg.tests.iter().filter_map(|t| Some((&t.against, t.cross.value()?)));
        let observed = known().next().unwrap().1.observed;
        // The page has the same numbers as a table.
        let page = std::fs::read_to_string(folder().join("../null_models.md")).unwrap();
        for (against, e) in known() {
            let cells = format!("| {:.1} | {:.2} | ", e.expected, e.ratio().unwrap());
            assert!(page.contains(&cells), "null_models.md has no {cells:?} for {against}");
        }
        // What a null model keeps is said in brackets; the picture has no room for it.
        let labels: Vec<String> = known()
            .map(|(against, e)| {
                format!(
                    "{} ± {:.0}",
                    against.split(" (").next().unwrap().trim_start_matches("labels "),
                    1.96 * e.sd.unwrap()
                )
            })
            .collect();
        let expected: Vec<f64> = known().map(|(_, e)| e.expected).collect();
        Bars {
            title: &format!("Rural–urban Interreg ties that chance would give; there are {observed:.0}"),
            value_label: "expected ties (± 1.96 standard deviations)",
            labels: &labels,
            values: &expected,
        }
        .render()
        .unwrap()
    }

    /// Ties by density class over what degrees alone give.
    fn linkage(&self) -> Svg {
        let mixing = &self.interreg.density_mixing;
        let (margins, n) = (mixing.margins(), mixing.classes());
        let names: Vec<String> = rurban::model::DensityLevel::ALL
            .iter()
            .map(|c| c.key().replace('_', " "))
            .chain(["unknown".to_owned()])
            .take(n)
            .collect();
        let ends: f64 = margins.from.iter().sum();
        let ratio =
            |r: usize, s: usize| mixing.cells().row(r)[s] / (margins.from[r] * margins.into[s] / ends);
        let cells = (0..n).flat_map(|r| (0..n).map(move |s| (r, s))).map(|(r, s)| ratio(r, s)).collect();
        HeatMap {
            title: "Interreg ties between density classes, times what degrees alone give",
            rows: &names,
            columns: &names,
            values: &Matrix::from_rows(n, n, cells).unwrap(),
            colours: Colours::Diverging { centre: 1.0 },
        }
        .render()
        .unwrap()
    }

    fn complementarity(&self) -> Svg {
        let source = ActivitySource::Themes("field");
        let (fields, _) = self.study.profiles(&Level::Departement, source, Counting::Full).unwrap();
        let options = ComplementarityOptions::default().permutations(0).draws(0);
        let report = self.study.complementarity(&fields, None, &options).unwrap().report(&Silent).unwrap();
        let (mut labels, mut values) = (Vec::new(), Vec::new());
        for side in &report.sides {
            let way = format!("{:?} from {:?}", side.receiving, side.giving).to_lowercase();
            for (which, gain) in [("any pair", &side.potential), ("tied pairs", &side.realised)] {
                labels.push(format!("{way}, {which}"));
                values.push(gain.value().copied().unwrap_or(f64::NAN));
            }
        }
        Bars {
            title: "What départements would gain in related research fields",
            value_label: "added relatedness density",
            labels: &labels,
            values: &values,
        }
        .render()
        .unwrap()
    }

    fn access(&self) -> Svg {
        let of = |side: Rurality| -> [Vec<f64>; 2] {
            let shares = self.laboratories.cumulative_shares(|_, t| t.rurality == Some(side));
            let near: Vec<_> = shares.iter().filter(|s| s.cost <= 60e3).collect();
            let shown = || near.iter().step_by(near.len().div_ceil(CORNERS));
            [shown().map(|s| s.cost / 1e3).collect(), shown().map(|s| 100.0 * s.share).collect()]
        };
        let [rural, urban] = [Rurality::Rural, Rurality::Urban].map(of);
        Plot {
            title: "How far the nearest research body is",
            x_label: "kilometres, straight line",
            y_label: "% of inhabitants",
            x_axis: Axis::Linear,
            y_axis: Axis::Linear,
            series: &[
                Series { name: "rural communes", x: &rural[0], y: &rural[1], marks: Marks::Line },
                Series { name: "urban communes", x: &urban[0], y: &urban[1], marks: Marks::Line },
            ],
        }
        .render()
        .unwrap()
    }

    fn typology(&self) -> Svg {
        let asked = Typology::Rurality(Level::Departement);
        let found = self.study.typology(&asked, &RuralityRules::default()).unwrap();
        let title = "Départements by where most of their people live";
        self.class_map(
            [title, "rurality"],
            &Level::Departement,
            (&found.classes, &found.labels),
            ClassColours::Ordered,
        )
    }

    fn autocorrelation(&self) -> Svg {
        let reach = self.study.reach(&Silent).unwrap();
        let measures = self.study.territory_measures(&Level::Departement, &reach).unwrap();
        let rural: Vec<f64> = measures.iter().map(|m| TerritoryScore::RuralShare.of(m)).collect();
        let found =
            (self.study).spatial_structure(&Level::Departement, &rural, &SpatialOptions::default()).unwrap();
        let classes: Vec<String> = SpatialClass::ALL.map(|c| c.label().to_owned()).into();
        let at = |class| SpatialClass::ALL.iter().position(|c| *c == class).unwrap() as u32;
        let labels = found.territories.iter().map(|t| at(t.class)).collect();
        let labels = Labels::new(labels, classes.len()).unwrap();
        let title =
            format!("Share of rural people: Moran's I {:.2}, and where it comes from", found.moran.observed);
        self.class_map(
            [&title, "local Moran, false discovery rate 5 %"],
            &Level::Departement,
            (&classes, &labels),
            ClassColours::Clusters,
        )
    }

    fn inequality(&self) -> Svg {
        let all = self.laboratories.distribution().unwrap();
        let lorenz = all.lorenz().unwrap();
        let every = lorenz.population.len().div_ceil(CORNERS);
        let thin = |v: &[f64]| -> Vec<f64> {
            v.iter().step_by(every).chain(v.last()).map(|share| 100.0 * share).collect()
        };
        let (x, y) = (thin(&lorenz.population), thin(&lorenz.value));
        let gini = format!("within 30 km (Gini {:.2})", all.gini().unwrap());
        Plot {
            title: "Inhabitants and the research bodies they have within reach",
            x_label: "% of inhabitants, least endowed first",
            y_label: "% of what is within reach",
            x_axis: Axis::Linear,
            y_axis: Axis::Linear,
            series: &[
                Series { name: &gini, x: &x, y: &y, marks: Marks::Line },
                Series { name: "equal shares", x: &[0.0, 100.0], y: &[0.0, 100.0], marks: Marks::Line },
            ],
        }
        .render()
        .unwrap()
    }

    /// All that was considered for one seeker: the ten that come first, and the others.
    fn matching(&self) -> Svg {
        let options = PartnersOptions::new(PartnerUnits::Territories(Level::PetrPays))
            .top(usize::MAX)
            .max_distance_m(1_000e3);
        let partners = self.study.partners(&options, None).unwrap();
        let found = partners.recommend(partners.find("Portes de Gascogne").unwrap()).unwrap();
        let [first, others] = [0..10, 10..found.partners.len()].map(|part| -> [Vec<f64>; 2] {
            let part = &found.partners[part];
            [
                part.iter().map(|p| p.distance_m.unwrap() / 1e3).collect(),
                part.iter().map(|p| p.score).collect(),
            ]
        });
        Plot {
            title: &format!(
                "Portes de Gascogne: {} of {} territories considered",
                found.considered, found.candidates
            ),
            x_label: "kilometres",
            y_label: "score",
            x_axis: Axis::Linear,
            y_axis: Axis::Linear,
            series: &[
                Series { name: "ten first partners", x: &first[0], y: &first[1], marks: Marks::Dots },
                Series { name: "others", x: &others[0], y: &others[1], marks: Marks::Dots },
            ],
        }
        .render()
        .unwrap()
    }

    fn belonging(&self) -> Svg {
        let regions = Perimeters::of_level(self.study.atlas(), &Level::Region).unwrap();
        let options = BelongingOptions::default().replicates(0);
        let report = self.study.belonging(&regions, &options, &Silent).unwrap();
        let tests: Vec<_> = report.territories.iter().filter_map(|t| t.beyond_distance.value()).collect();
        let expected: Vec<f64> = tests.iter().map(|e| e.expected).collect();
        let observed: Vec<f64> = tests.iter().map(|e| e.observed).collect();
        let most = expected.iter().chain(&observed).fold(0.0f64, |a, b| a.max(*b));
        Plot {
            title: "Ties inside each région, and what strengths and distance give",
            x_label: "expected ties inside",
            y_label: "ties inside",
            x_axis: Axis::Log,
            y_axis: Axis::Log,
            series: &[
                Series { name: "régions", x: &expected, y: &observed, marks: Marks::Dots },
                Series { name: "as expected", x: &[1.0, most], y: &[1.0, most], marks: Marks::Line },
            ],
        }
        .render()
        .unwrap()
    }

    fn diffusion(&self) -> Svg {
        let budgets = [1, 2, 3, 5, 8, 12, 20];
        let reports = budgets.map(|k| {
            let options = DiffusionOptions::default()
                .budget(DiffusionBudget::Count(k))
                .cascades(500)
                .word_of_mouth(None);
            self.study.diffusion(&options, &Silent).unwrap()
        });
        let x = budgets.map(|k| k as f64);
        let of = |set: SeedSet| -> Vec<f64> {
            let mean = |c: &&rurban::study::SeedSetReach| c.set == set;
            reports.iter().map(|r| r.compared.iter().find(mean).unwrap().mean).collect()
        };
        let sets = [
            ("chosen", of(SeedSet::Chosen)),
            ("most partners", of(SeedSet::MostPartners)),
            ("at random", of(SeedSet::Random)),
        ];
        let series = sets.each_ref().map(|(name, y)| Series { name, x: &x[..], y, marks: Marks::Line });
        Plot {
            title: "Whom to tell first",
            x_label: "actors told first",
            y_label: "rural actors reached (mean of 500 cascades)",
            x_axis: Axis::Linear,
            y_axis: Axis::Linear,
            series: &series,
        }
        .render()
        .unwrap()
    }

    fn siting(&self) -> Svg {
        let region = self.study.atlas().level(&Level::Region).unwrap().search("Occitanie").unwrap() as u32;
        let mut x = vec![0.0];
        let mut y = Vec::new();
        for k in 1..=8 {
            let options = SitesOptions::new(Limit::Places(k))
                .existing(self.study.actors_of(&[ActorKind::InnovationPlace]))
                .candidates(SitingCandidates::Territories { least_population: 2_000.0 })
                .demand(SitingDemand::RuralPopulation)
                .cutoff(20e3)
                .within(Level::Region, region);
            let report = self.study.siting(&options, &Silent).unwrap();
            if y.is_empty() {
                y.push(100.0 * report.demand_before / report.demand);
            }
            x.push(k as f64);
            y.push(100.0 * report.demand_after / report.demand);
        }
        Plot {
            title: "Rural people of Occitanie within 20 km of an innovation place",
            x_label: "new places, each number chosen anew",
            y_label: "% of rural inhabitants",
            x_axis: Axis::Linear,
            y_axis: Axis::Linear,
            series: &[
                Series { name: "", x: &x, y: &y, marks: Marks::Line },
                Series { name: "", x: &x, y: &y, marks: Marks::Dots },
            ],
        }
        .render()
        .unwrap()
    }

    fn funding(&self) -> Svg {
        let report = self.study.funding(&FundingOptions::default(), None).unwrap();
        let mut known: Vec<_> = (report.territories.iter())
            .filter(|t| !t.few_rural)
            .filter_map(|t| Some((t.name.clone(), t.per_rural_inhabitant_eur?)))
            .collect();
        known.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (labels, values): (Vec<String>, Vec<f64>) = known.into_iter().unzip();
        Bars {
            title: "Rural development programmes 2014–2020",
            value_label: "€ per rural inhabitant",
            labels: &labels,
            values: &values,
        }
        .render()
        .unwrap()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide/pictures")
}

#[test]
fn pictures_are_what_the_calls_draw() {
    let france = France::load();
    let mut other = Vec::new();
    for (name, svg) in [
        ("null_models", france.null_models()),
        ("linkage", france.linkage()),
        ("complementarity", france.complementarity()),
        ("access", france.access()),
        ("typology", france.typology()),
        ("autocorrelation", france.autocorrelation()),
        ("inequality", france.inequality()),
        ("matching", france.matching()),
        ("belonging", france.belonging()),
        ("diffusion", france.diffusion()),
        ("siting", france.siting()),
        ("funding", france.funding()),
    ] {
        // A blank line ends the picture in Markdown.
        let drawn = format!("<div>\n{}\n</div>\n\n", svg.as_str().trim());
        assert!(!drawn.trim().contains("\n\n"), "{name}: a blank line");
        let file = folder().join(format!("{name}.svg.html"));
        if std::env::var_os("RURBAN_WRITE").is_some() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&file, &drawn).unwrap();
        }
        if std::fs::read_to_string(&file).ok().as_deref() != Some(drawn.as_str()) {
            other.push(name);
        }
    }
    assert!(other.is_empty(), "drawn otherwise: {other:?}; RURBAN_WRITE=1 draws them anew");
}
