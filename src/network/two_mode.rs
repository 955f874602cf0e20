use super::Participation;
use super::null_model::SwapOptions;
use crate::parallel;
use crate::progress::Progress;
use crate::random::Stream;

/// A statistic on random participations in which every actor keeps its number of projects and every project
/// its number of participants.
///
/// Ties made by projection come in cliques, one for each project, so that a null that rewires single ties
/// understates how much chance can vary; this one deals whole participations. `statistic` gets each
/// replicate sorted by project, then actor; results are in the order of replicates. In a trade two projects
/// pool the participants that only one of them has and deal them anew; [`SwapOptions::swaps_per_tie`] is
/// the number of trades per project (five mix well). Repeated participations count once.
///
/// # Complexity
/// O(replicates × trades × participants of a project), in parallel, the same for any number of threads.
///
/// # References
/// Strona, Nappo, Boccacci, Fattorini & San-Miguel-Ayanz (2014), the curveball, doi:10.1038/ncomms5114.
///
/// # Example
/// ```
/// use rurban::network::{Participation, SwapOptions, deal_participations};
/// use rurban::progress::Silent;
/// let part = |actor, project| Participation { actor, project };
/// let given = [part(0, 0), part(1, 0), part(1, 1), part(2, 1), part(3, 1)];
/// let sizes = deal_participations(&given, &SwapOptions::default().replicates(5), |dealt| {
///     assert_eq!(dealt.iter().filter(|p| p.actor == 1).count(), 2);
///     dealt.iter().filter(|p| p.project == 1).count()
/// }, &Silent);
/// assert_eq!(sizes, [3; 5]);
/// ```
pub fn deal_participations<T: Send>(
    participations: &[Participation],
    options: &SwapOptions,
    statistic: impl Fn(&[Participation]) -> T + Sync + Send,
    progress: &dyn Progress,
) -> Vec<T> {
    let mut pairs: Vec<(u32, u32)> = participations.iter().map(|p| (p.project, p.actor)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let given: Vec<(u32, Vec<u32>)> =
        pairs.chunk_by(|a, b| a.0 == b.0).map(|c| (c[0].0, c.iter().map(|p| p.1).collect())).collect();
    progress.begin("deal participations", Some(options.replicates as u64));
    let results = parallel::map(options.replicates, |r| {
        let mut random = options.seed.stream(r as u64);
        let mut projects = given.clone();
        for _ in 0..projects.len() * options.swaps_per_tie {
            trade(&mut projects, &mut random);
        }
        let dealt: Vec<Participation> = projects
            .iter()
            .flat_map(|(project, actors)| {
                actors.iter().map(|&actor| Participation { actor, project: *project })
            })
            .collect();
        let result = statistic(&dealt);
        progress.advance(1);
        result
    });
    progress.end();
    results
}

/// Two projects, drawn at random, deal anew the participants that only one of them has. Lists of
/// participants stay sorted.
fn trade(projects: &mut [(u32, Vec<u32>)], random: &mut Stream) {
    let count = projects.len() as u32;
    if count < 2 {
        return;
    }
    let first = random.below(count) as usize;
    // Any but the first.
    let second = (first + 1 + random.below(count - 1) as usize) % projects.len();
    let (a, b) = (std::mem::take(&mut projects[first].1), std::mem::take(&mut projects[second].1));
    let mut both: Vec<u32> = Vec::new();
    let mut pool: Vec<u32> = a.iter().copied().filter(|x| b.binary_search(x).is_err()).collect();
    both.extend(a.iter().filter(|x| b.binary_search(x).is_ok()));
    let own = pool.len();
    pool.extend(b.iter().filter(|x| a.binary_search(x).is_err()));
    random.shuffle(&mut pool);
    for (slot, part) in [(first, &pool[..own]), (second, &pool[own..])] {
        let mut members = both.clone();
        members.extend_from_slice(part);
        members.sort_unstable();
        projects[slot].1 = members;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::random::Seed;

    #[test]
    fn all_tables_of_these_sums_are_equally_likely() {
        // Two projects of one and two participants among three actors with one project each: three
        // tables, by who is alone.
        let given = [(0, 0), (1, 1), (2, 1)].map(|(actor, project)| Participation { actor, project });
        let options = SwapOptions::default().replicates(6_000).seed(Seed(4));
        let alone = deal_participations(&given, &options, |dealt| dealt[0].actor, &Silent);
        for actor in 0..3 {
            let share = alone.iter().filter(|a| **a == actor).count() as f64 / 6_000.0;
            // Four standard deviations.
            assert!((share - 1.0 / 3.0).abs() < 0.025, "{actor}: {share}");
        }
        assert_eq!(alone, deal_participations(&given, &options, |dealt| dealt[0].actor, &Silent));
    }

    #[test]
    fn both_sums_stay() {
        let mut random = Seed(9).stream(0);
        let given: Vec<Participation> =
            (0..200).map(|_| Participation { actor: random.below(40), project: random.below(25) }).collect();
        let sums = |parts: &[Participation]| {
            let mut pairs: Vec<_> = parts.iter().map(|p| (p.project, p.actor)).collect();
            pairs.sort_unstable();
            pairs.dedup();
            let mut sums = [[0_u32; 40]; 2];
            for (project, actor) in &pairs {
                sums[0][*actor as usize] += 1;
                sums[1][*project as usize] += 1;
            }
            (pairs.len(), sums)
        };
        let want = sums(&given);
        let options = SwapOptions::default().replicates(20);
        let got = deal_participations(&given, &options, |dealt| (dealt.len(), sums(dealt)), &Silent);
        assert!(got.iter().all(|(len, s)| *s == want && *len == want.0));
        assert!(deal_participations(&[], &options, <[_]>::len, &Silent).iter().all(|n| *n == 0));
    }
}
