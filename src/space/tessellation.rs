//! Thiessen (Voronoi) cells of points, cut to a land outline: an approximate commune layer where
//! only the points of the communes are known.

use std::collections::HashMap;

use geo::BooleanOps;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use spade::handles::FixedVertexHandle;
use spade::{DelaunayTriangulation, Point2, Triangulation};

use super::layer::{Bounds, Layer};
use super::window::{Window, clip_to_bounds};
use crate::error::{Error, Result};
use crate::parallel;

/// How [`tessellate`] rounds and what it gives to points off the land.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct TessellationOptions {
    /// Coordinates of the result are multiples of this (default 10⁻⁶, for degrees).
    pub grid: f64,
    /// Half the side of the square that a cell without land keeps around its point (default 0.01).
    pub offshore_half_side: f64,
}

impl Default for TessellationOptions {
    fn default() -> Self {
        Self { grid: 1e-6, offshore_half_side: 0.01 }
    }
}

impl TessellationOptions {
    setters! {
        grid: f64,
    }

    /// Sets half the side of the square kept around points whose cell has no land.
    #[must_use]
    pub const fn offshore_half_side(mut self, half_side: f64) -> Self {
        self.offshore_half_side = half_side;
        self
    }
}

/// Cells of points, in the order of the points. Borders are those of nearness, not of any
/// administration: the layer is an approximation of one with surveyed borders.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Tessellation {
    /// One feature per point: its cell on the land. Empty for the points in `coincident`. Cells that
    /// meet have the same vertices along what they share.
    pub layer: Layer,
    /// Points that lie (after rounding) where an earlier one does, with that point: the earlier one
    /// holds the cell.
    pub coincident: Vec<(u32, u32)>,
    /// Points that are not on the land of their own cell. Their cell is what land is nearest to
    /// them, or, when there is none (see `without_land`), a square around the point.
    pub off_land: Vec<u32>,
    /// Points whose cell has no land: it is a square around the point within its Voronoi cell.
    pub without_land: Vec<u32>,
}

/// Thiessen cells of `points`, clipped to `land`, in the plane of the coordinates.
///
/// Exact Voronoi cells from the Delaunay triangulation, rounded to a grid; cells that no edge of the outline
/// comes near skip clipping. Every place on the land belongs to the cell of the point nearest to it in the
/// plane of the coordinates (on degrees, nearness is that of the plate carrée: scale x by the cosine of the
/// latitude first where that matters). Deterministic.
///
/// # Errors
/// [`Error::Value`] when a point is not finite, [`Error::Parameter`] when an option is not positive, or the
/// land is empty.
///
/// # Complexity
/// O(n log n) and, for the cells on the outline, their count × the outline's parts.
///
/// # Example
/// ```
/// use geo_types::{coord, polygon};
/// use rurban::space::tessellation::{tessellate, TessellationOptions};
/// let land = polygon![(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 2.), (x: 0., y: 2.)].into();
/// let points = [coord! { x: 1., y: 1. }, coord! { x: 3., y: 1. }];
/// let cells = tessellate(&points, &land, &TessellationOptions::default())?;
/// use rurban::space::measure::{areas, Surface};
/// assert_eq!(areas(&cells.layer, Surface::Plane), [4.0, 4.0]);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn tessellate(
    points: &[Coord<f64>],
    land: &MultiPolygon<f64>,
    options: &TessellationOptions,
) -> Result<Tessellation> {
    for (name, value) in [("grid", options.grid), ("offshore_half_side", options.offshore_half_side)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(Error::Parameter { name, value: value.to_string(), must: "must be positive" });
        }
    }
    for (index, p) in points.iter().enumerate() {
        if !(p.x.is_finite() && p.y.is_finite()) {
            return Err(Error::Value {
                what: "points",
                index,
                value: format!("({}, {})", p.x, p.y),
                must: "must be finite",
            });
        }
    }
    let grid = options.grid;
    let outline = Outline::new(land, grid)?;

    // Coincident points share a cell: the first keeps it.
    let mut keeper: HashMap<(i64, i64), u32> = HashMap::with_capacity(points.len());
    let mut coincident = Vec::new();
    let mut sites = Vec::with_capacity(points.len());
    let mut site_of = vec![u32::MAX; points.len()];
    let mut bounds = outline.bounds;
    for (i, &p) in points.iter().enumerate() {
        let p = snap(p, grid);
        let key = ((p.x / grid).round() as i64, (p.y / grid).round() as i64);
        match keeper.entry(key) {
            std::collections::hash_map::Entry::Occupied(first) => coincident.push((i as u32, *first.get())),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(i as u32);
                site_of[i] = sites.len() as u32;
                bounds.include(p);
                sites.push(p);
            }
        }
    }
    let cells = voronoi(&sites, bounds, grid)?;

    let clipped: Vec<Clipped> =
        parallel::map(sites.len(), |s| clip_cell(sites[s], &cells[s], &outline, options));
    let mut layer = Layer::new();
    let (mut off_land, mut without_land) = (Vec::new(), Vec::new());
    for (i, &s) in site_of.iter().enumerate() {
        if s != u32::MAX {
            let cell = &clipped[s as usize];
            for polygon in &cell.polygons {
                for ring in polygon {
                    for c in ring {
                        layer.push(c.x, c.y);
                    }
                    layer.end_ring();
                }
                layer.end_polygon();
            }
            if !cell.site_on_land {
                off_land.push(i as u32);
            }
            if cell.without_land {
                without_land.push(i as u32);
            }
        }
        layer.end_feature();
    }
    Ok(Tessellation { layer, coincident, off_land, without_land })
}

fn snap(c: Coord<f64>, grid: f64) -> Coord<f64> {
    // Adding zero turns -0.0 into 0.0: vertices are compared by their bits.
    Coord { x: (c.x / grid).round() * grid + 0.0, y: (c.y / grid).round() * grid + 0.0 }
}

/// Voronoi cells as open counter-clockwise rings on the grid. Four far points frame the sites, so
/// that all cells are finite; within `bounds` they change nothing, as they are further from any
/// place there than any site is.
fn voronoi(sites: &[Coord<f64>], bounds: Bounds, grid: f64) -> Result<Vec<Vec<Coord<f64>>>> {
    let reach = 4.0 * (bounds.max[0] - bounds.min[0] + bounds.max[1] - bounds.min[1]).max(1e3 * grid);
    let (x, y) = (0.5 * (bounds.min[0] + bounds.max[0]), 0.5 * (bounds.min[1] + bounds.max[1]));
    let frame = [(-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach)];
    let frame = frame.map(|(dx, dy)| Point2::new(x + dx, y + dy));
    let point = |c: &Coord<f64>| Point2::new(c.x, c.y);
    let refused = |e: spade::InsertionError| Error::Parameter {
        name: "points",
        value: e.to_string(),
        must: "must be of a size that can be triangulated",
    };
    let (triangulation, handles) = match along_a_line(sites) {
        None => {
            let all = sites.iter().map(point).chain(frame).collect();
            let bulk = DelaunayTriangulation::<Point2<f64>>::bulk_load_stable(all).map_err(refused)?;
            let handles: Vec<_> = bulk.fixed_vertices().take(sites.len()).collect();
            (bulk, handles)
        }
        // Points on a line one after the other within the frame, each beside the one before.
        Some(order) => {
            let mut one_by_one = DelaunayTriangulation::<Point2<f64>>::new();
            let mut hint = None;
            for corner in frame {
                hint = Some(one_by_one.insert(corner).map_err(refused)?);
            }
            let mut handles: Vec<Option<FixedVertexHandle>> = vec![None; sites.len()];
            for s in order {
                let site = point(&sites[s as usize]);
                hint = Some(
                    match hint {
                        Some(near) => one_by_one.insert_with_hint(site, near),
                        None => one_by_one.insert(site),
                    }
                    .map_err(refused)?,
                );
                handles[s as usize] = hint;
            }
            (one_by_one, handles.into_iter().flatten().collect())
        }
    };
    // One rounding per Delaunay triangle: all cells that meet there get the same vertex.
    let mut centres = vec![Coord { x: 0.0, y: 0.0 }; triangulation.num_all_faces()];
    for face in triangulation.inner_faces() {
        let c = face.circumcenter();
        centres[face.index()] = snap(Coord { x: c.x, y: c.y }, grid);
    }
    Ok(handles
        .into_iter()
        .map(|h| triangulation.vertex(h))
        .map(|v| {
            let mut ring: Vec<Coord<f64>> =
                v.out_edges().filter_map(|e| e.face().as_inner()).map(|f| centres[f.index()]).collect();
            if signed_area(&ring) < 0.0 {
                ring.reverse();
            }
            ring.dedup();
            while ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
            ring
        })
        .collect())
}

/// The order of many sites along a line when they all but lie on one: bulk loading, which starts from the
/// middle, takes the square of their number there.
fn along_a_line(sites: &[Coord<f64>]) -> Option<Vec<u32>> {
    let by_place = |p: &&Coord<f64>, q: &&Coord<f64>| p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y));
    let (a, b) = (*sites.iter().min_by(by_place)?, *sites.iter().max_by(by_place)?);
    let v = b - a;
    let length2 = v.x * v.x + v.y * v.y;
    let wide = |c: &Coord<f64>| ((c.x - a.x) * v.y - (c.y - a.y) * v.x).abs() * sites.len() as f64 > length2;
    if sites.len() < 1000 || sites.iter().any(wide) {
        return None;
    }
    let mut order: Vec<u32> = (0..sites.len() as u32).collect();
    let along = |s: u32| (sites[s as usize].x - a.x) * v.x + (sites[s as usize].y - a.y) * v.y;
    order.sort_by(|&s, &t| along(s).total_cmp(&along(t)));
    Some(order)
}

/// Twice the signed area of an open ring.
fn signed_area(ring: &[Coord<f64>]) -> f64 {
    let Some(&o) = ring.first() else { return 0.0 };
    (1..ring.len().saturating_sub(1))
        .map(|i| (ring[i].x - o.x) * (ring[i + 1].y - o.y) - (ring[i + 1].x - o.x) * (ring[i].y - o.y))
        .sum()
}

/// The land outline on the grid, with its edges in square bins.
struct Outline {
    /// Rings of each polygon, closed.
    polygons: Vec<(Bounds, Vec<Window>)>,
    edges: Vec<[Coord<f64>; 2]>,
    bounds: Bounds,
    bin: f64,
    columns: usize,
    rows: usize,
    starts: Vec<u32>,
    entries: Vec<u32>,
}

impl Outline {
    fn new(land: &MultiPolygon<f64>, grid: f64) -> Result<Self> {
        let mut polygons = Vec::new();
        let mut edges = Vec::new();
        let mut bounds = Bounds::EMPTY;
        for polygon in land {
            let mut own = Bounds::EMPTY;
            let mut rings = Vec::new();
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                let mut ring: Vec<Coord<f64>> = ring.0.iter().map(|&c| snap(c, grid)).collect();
                ring.dedup();
                if ring.len() < 4 {
                    continue;
                }
                if let Some(index) = ring.iter().position(|c| !(c.x.is_finite() && c.y.is_finite())) {
                    return Err(Error::Value {
                        what: "land",
                        index,
                        value: format!("{:?}", ring[index]),
                        must: "must be finite",
                    });
                }
                for &c in &ring {
                    own.include(c);
                    bounds.include(c);
                }
                edges.extend(ring.windows(2).map(|e| [e[0], e[1]]));
                rings.push(Window::new(ring));
            }
            if !rings.is_empty() {
                polygons.push((own, rings));
            }
        }
        if edges.is_empty() {
            return Err(Error::Parameter {
                name: "land",
                value: "empty".into(),
                must: "must have an outline",
            });
        }
        let (width, height) = (bounds.max[0] - bounds.min[0], bounds.max[1] - bounds.min[1]);
        // About a million bins over the bounds: overseas land makes them vast and mostly empty. Fewer for
        // an outline of a few edges, which they would cost more than they save.
        let bins = (128.0 * edges.len() as f64).min(1e6);
        let bin = (width * height / bins).sqrt().max(width.max(height) / 4096.0).max(grid);
        let (columns, rows) = ((width / bin) as usize + 1, (height / bin) as usize + 1);
        let mut this =
            Self { polygons, edges, bounds, bin, columns, rows, starts: Vec::new(), entries: Vec::new() };
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (e, edge) in this.edges.iter().enumerate() {
            let mut b = Bounds::EMPTY;
            b.include(edge[0]);
            b.include(edge[1]);
            this.for_bins(b, |bin| pairs.push((bin as u32, e as u32)));
        }
        pairs.sort_unstable();
        this.starts = vec![0; columns * rows + 1];
        for &(bin, _) in &pairs {
            this.starts[bin as usize + 1] += 1;
        }
        for b in 0..columns * rows {
            this.starts[b + 1] += this.starts[b];
        }
        this.entries = pairs.into_iter().map(|(_, e)| e).collect();
        Ok(this)
    }

    fn for_bins(&self, b: Bounds, mut f: impl FnMut(usize)) {
        let column = |x: f64| (((x - self.bounds.min[0]) / self.bin).max(0.0) as usize).min(self.columns - 1);
        let row = |y: f64| (((y - self.bounds.min[1]) / self.bin).max(0.0) as usize).min(self.rows - 1);
        if b.max[0] < self.bounds.min[0] || b.max[1] < self.bounds.min[1] {
            return;
        }
        if b.min[0] > self.bounds.max[0] || b.min[1] > self.bounds.max[1] {
            return;
        }
        for r in row(b.min[1])..=row(b.max[1]) {
            for c in column(b.min[0])..=column(b.max[0]) {
                f(r * self.columns + c);
            }
        }
    }

    /// Edges whose bounds meet `b`, increasing.
    fn edges_near(&self, b: Bounds) -> Vec<u32> {
        let mut found = Vec::new();
        if self.bins(b) > self.edges.len() {
            // Long cells of points on a line: looking at every edge is less.
            return (0..self.edges.len() as u32).filter(|&e| self.meets(e, b)).collect();
        }
        self.for_bins(b, |bin| {
            let range = self.starts[bin] as usize..self.starts[bin + 1] as usize;
            found.extend(self.entries[range].iter().copied().filter(|&e| self.meets(e, b)));
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether the bounds of an edge meet `b`.
    fn meets(&self, e: u32, b: Bounds) -> bool {
        let [p, q] = self.edges[e as usize];
        p.x.min(q.x) <= b.max[0]
            && p.x.max(q.x) >= b.min[0]
            && p.y.min(q.y) <= b.max[1]
            && p.y.max(q.y) >= b.min[1]
    }

    /// About how many bins some bounds reach.
    fn bins(&self, b: Bounds) -> usize {
        let of = |axis: usize, most: usize| {
            let low = b.min[axis].max(self.bounds.min[axis]);
            let high = b.max[axis].min(self.bounds.max[axis]);
            (((high - low).max(0.0) / self.bin) as usize + 1).min(most)
        };
        of(0, self.columns) * of(1, self.rows)
    }

    /// Even–odd rule over all rings.
    fn contains(&self, c: Coord<f64>) -> bool {
        self.polygons
            .iter()
            .filter(|(b, _)| b.contains(c))
            .any(|(_, rings)| rings.iter().fold(false, |inside, ring| inside != ring.contains(c)))
    }
}

struct Clipped {
    polygons: Vec<Vec<Vec<Coord<f64>>>>,
    site_on_land: bool,
    without_land: bool,
}

fn clip_cell(
    site: Coord<f64>,
    cell: &[Coord<f64>],
    outline: &Outline,
    options: &TessellationOptions,
) -> Clipped {
    let mut bounds = Bounds::EMPTY;
    for &c in cell {
        bounds.include(c);
    }
    let near = outline.edges_near(bounds);
    let site_on_land = outline.contains(site);
    let polygons = if !near.is_empty() {
        intersect(cell, bounds, &near, outline, options.grid)
    } else if site_on_land {
        vec![vec![cell.to_vec()]]
    } else {
        Vec::new()
    };
    if !polygons.is_empty() {
        return Clipped { polygons, site_on_land, without_land: false };
    }
    let h = options.offshore_half_side;
    let square = Bounds { min: [site.x - h, site.y - h], max: [site.x + h, site.y + h] };
    let mut ring: Vec<Coord<f64>> =
        clip_to_bounds(cell, square).into_iter().map(|c| snap(c, options.grid)).collect();
    ring.dedup();
    Clipped { polygons: vec![vec![ring]], site_on_land, without_land: true }
}

/// Cell ∩ land for a cell that the outline comes near.
fn intersect(
    cell: &[Coord<f64>],
    bounds: Bounds,
    near: &[u32],
    outline: &Outline,
    grid: f64,
) -> Vec<Vec<Vec<Coord<f64>>>> {
    // Only the land around the cell goes into the general intersection. Where the window cuts a
    // ring the cut runs along the window, a margin away from the cell.
    let margin = 0.01 * (bounds.max[0] - bounds.min[0] + bounds.max[1] - bounds.min[1]) + 10.0 * grid;
    let window = Bounds {
        min: [bounds.min[0] - margin, bounds.min[1] - margin],
        max: [bounds.max[0] + margin, bounds.max[1] + margin],
    };
    let mut local = Vec::new();
    for (own, rings) in &outline.polygons {
        let apart = own.max[0] < window.min[0]
            || own.min[0] > window.max[0]
            || own.max[1] < window.min[1]
            || own.min[1] > window.max[1];
        if apart {
            continue;
        }
        let mut cut = rings.iter().map(|r| LineString(r.clipped(window)));
        let Some(outer) = cut.next().filter(|r| r.0.len() > 2) else { continue };
        local.push(Polygon::new(outer, cut.filter(|r| r.0.len() > 2).collect()));
    }
    if local.is_empty() {
        return Vec::new();
    }
    let cell_polygon = Polygon::new(LineString(cell.to_vec()), Vec::new());
    let result = MultiPolygon(local).intersection(&cell_polygon);

    // The same crossing must come out the same in both cells that share the edge: cell edges are
    // taken from the lesser to the greater end, and results move to the crossing computed so.
    let mut crossings: Vec<Coord<f64>> = Vec::new();
    for i in 0..cell.len() {
        let (mut a, mut b) = (cell[i], cell[(i + 1) % cell.len()]);
        if (b.x, b.y) < (a.x, a.y) {
            std::mem::swap(&mut a, &mut b);
        }
        for &e in near {
            if let Some(c) = crossing(a, b, outline.edges[e as usize]) {
                crossings.push(snap(c, grid));
            }
        }
    }
    // The intersection rounds to about 2⁻²⁸ of the window: what it gives back is, within that, a
    // vertex of the cell, one of the outline, or a crossing.
    let extent = (window.max[0] - window.min[0]).max(window.max[1] - window.min[1]);
    let reach = (0.75 * grid).max(extent * 2f64.powi(-26));
    let known = || {
        crossings
            .iter()
            .copied()
            .chain(cell.iter().copied())
            .chain(near.iter().flat_map(|&e| outline.edges[e as usize]))
    };
    let settle = |c: Coord<f64>| {
        let apart = |k: Coord<f64>| (k.x - c.x).abs().max((k.y - c.y).abs());
        known()
            .min_by(|p, q| apart(*p).total_cmp(&apart(*q)))
            .filter(|k| apart(*k) < reach)
            .unwrap_or_else(|| snap(c, grid))
    };
    let mut polygons = Vec::new();
    for polygon in result {
        let mut rings = Vec::new();
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            let mut ring: Vec<Coord<f64>> = ring.0.iter().map(|&c| settle(c)).collect();
            ring.pop();
            ring.dedup();
            while ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
            let keeps = ring.len() > 2 && signed_area(&ring) != 0.0;
            if !keeps && rings.is_empty() {
                break;
            }
            if keeps {
                rings.push(ring);
            }
        }
        if !rings.is_empty() {
            polygons.push(rings);
        }
    }
    polygons
}

/// Where the segments cross, if they do.
fn crossing(a: Coord<f64>, b: Coord<f64>, [c, d]: [Coord<f64>; 2]) -> Option<Coord<f64>> {
    let (r, s) = (b - a, d - c);
    let cross = r.x * s.y - r.y * s.x;
    if cross == 0.0 {
        return None;
    }
    let q = c - a;
    let t = (q.x * s.y - q.y * s.x) / cross;
    let u = (q.x * r.y - q.y * r.x) / cross;
    let within = |v: f64| (-1e-9..=1.0 + 1e-9).contains(&v);
    (within(t) && within(u)).then_some(Coord { x: a.x + t * r.x, y: a.y + t * r.y })
}

#[cfg(test)]
mod tests;
