//! Inequality of Mexican states against PySAL inequality.

use rurban::inequality::{gini, theil_t};
use rurban::labels::Labels;

use crate::support::{close, input, number, values};

#[test]
fn g20_theil_and_gini() {
    let (Some(want), Some(states)) = (values("G20_mexico_theil_gini"), input("mexico_pcgdp.csv")) else {
        return;
    };
    let (regions, _) = Labels::from_keys(states.column("hanson98").into_iter().map(Some));
    for (k, year) in (1940..=2000).step_by(10).enumerate() {
        let column = states.header.iter().find(|h| h.ends_with(&year.to_string())).unwrap();
        let gdp = states.numbers(column);
        let t = theil_t(&gdp, None, &regions).unwrap();
        close(t.total, number(&want["T"][k]), 1e-9);
        close(t.between, number(&want["bg"][k]), 1e-9);
        close(t.within, number(&want["wg"][k]), 1e-9);
        close(gini(&gdp, None).unwrap(), number(&want["gini"][k]), 1e-9);
    }
}
