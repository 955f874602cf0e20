//! Theil T with its split, and Gini, against PySAL `inequality`.

use rurban::inequality::Distribution;
use rurban::labels::Labels;

use crate::support::{close, input, numbers, values};

#[test]
fn mexican_states() {
    let (want, table) = (values("G20_mexico_theil_gini"), input("mexico_pcgdp.csv"));
    let regions = table.column("hanson98").iter().map(|r| Some((*r).to_owned())).collect::<Vec<_>>();
    let (regions, _) = Labels::from_keys(regions);
    let [t, between, within, gini] = ["T", "bg", "wg", "gini"].map(|k| numbers(&want[k]));
    for k in 0..t.len() {
        let d = Distribution::new(&table.numbers(&format!("pcgdp{}", 1940 + 10 * k))).unwrap();
        let split = d.theil_t_by(&regions).unwrap();
        // = Theil T
        close(d.theil_t().unwrap(), t[k], 1e-12);
        // = Theil T, total of the split
        close(split.total, t[k], 1e-12);
        // = Theil T between regions
        close(split.between, between[k], 1e-12);
        // = Theil T within regions
        close(split.within, within[k], 1e-12);
        // = Gini
        close(d.gini().unwrap(), gini[k], 1e-12);
    }
}
