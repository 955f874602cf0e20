//! Ways from base territories to sites.

use super::{Site, SiteCosts};
use crate::accessibility::{CostTable, nearest_k, nearest_k_geodesic};
use crate::error::{Error, Result};
use crate::space::LonLat;
use crate::study::Study;

/// Ways from base territories to sites.
pub(super) struct Ways<'a> {
    pub(super) study: &'a Study,
    pub(super) costs: SiteCosts<'a>,
}

impl Ways<'_> {
    pub(super) fn points(&self, rows: &[u32]) -> Vec<LonLat> {
        let base = self.study.atlas().base().territories();
        rows.iter().filter_map(|&b| base[b as usize].point).collect()
    }

    /// Base territories of sites.
    pub(super) fn bases(&self, sites: &[&Site]) -> Vec<u32> {
        let find = |s: &&Site| self.study.atlas().base().find(s.territory.as_ref()?.as_str());
        sites.iter().filter_map(find).map(|b| b as u32).collect()
    }

    pub(super) fn between<'t>(&self, table: &'t CostTable) -> Result<&'t CostTable> {
        let n = self.study.atlas().base().territories().len();
        for (what, got) in [("origins", table.origins()), ("facilities", table.facilities())] {
            if got != n {
                let what = if what == "origins" {
                    "origins of the costs between territories"
                } else {
                    "destinations of the costs between territories"
                };
                return Err(Error::Shape { what, expected: n, got });
            }
        }
        Ok(table)
    }

    /// Cost of each row to the nearest site, infinite where there is none.
    pub(super) fn nearest(&self, rows: &[u32], sites: &[Site]) -> Result<Vec<f64>> {
        if sites.is_empty() {
            return Ok(vec![f64::INFINITY; rows.len()]);
        }
        let found = match self.costs {
            SiteCosts::StraightLine => {
                let to: Vec<LonLat> = sites.iter().map(|s| s.point).collect();
                nearest_k_geodesic(&self.points(rows), &to, 1)?
            }
            SiteCosts::BetweenTerritories(table) => {
                let to = self.bases(&sites.iter().collect::<Vec<_>>());
                nearest_k(&self.between(table)?.select(rows, &to)?, 1)?
            }
        };
        let cost = |k: usize| found.costs.row(k).first().copied().filter(|c| !c.is_nan());
        Ok((0..rows.len()).map(|k| cost(k).unwrap_or(f64::INFINITY)).collect())
    }

    pub(super) fn table(&self, rows: &[u32], sites: &[&Site], reach: f64) -> Result<CostTable> {
        match self.costs {
            SiteCosts::StraightLine => {
                let to: Vec<LonLat> = sites.iter().map(|s| s.point).collect();
                CostTable::geodesic(&self.points(rows), &to, reach)
            }
            SiteCosts::BetweenTerritories(table) => {
                Ok(self.between(table)?.select(rows, &self.bases(sites))?.within(reach))
            }
        }
    }

    /// Cost from a new place to the nearest existing one.
    pub(super) fn to_existing(&self, site: &Site, existing: &[Site]) -> Result<Option<f64>> {
        if existing.is_empty() {
            return Ok(None);
        }
        match self.costs {
            SiteCosts::StraightLine => {
                let to: Vec<LonLat> = existing.iter().map(|s| s.point).collect();
                let found = nearest_k_geodesic(&[site.point], &to, 1)?;
                Ok(found.costs.row(0).first().copied().filter(|c| !c.is_nan()))
            }
            SiteCosts::BetweenTerritories(_) => {
                let from = self.bases(&[site]);
                Ok(self.nearest(&from, existing)?.first().copied().filter(|c| c.is_finite()))
            }
        }
    }
}
