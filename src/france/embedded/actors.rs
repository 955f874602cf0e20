//! Actors, Interreg projects, joint units, contracts, programme money.

use std::collections::HashMap;

use super::ReciprocityContract;
use super::table::{number, position, table};
use crate::error::{Error, Result};
use crate::france::programmes::place_lines;
use crate::inventory::InventoryBuilder;
use crate::model::{
    Actor, ActorId, ActorKind, CommuneCode, Cooperation, CooperationKind, FundingLine, Measure, MoneySource,
    Participation, Period, ProjectId, ProjectRole, TerritoryCode,
};

pub(super) fn read_actors(builder: &mut InventoryBuilder) -> Result<()> {
    let actors = table!("actors").read()?;
    let [id, name, kind, lon, lat, commune, territory, themes, capacity, status, source] =
        actors.columns([
            "id",
            "name",
            "kind",
            "lon",
            "lat",
            "commune",
            "territory",
            "themes",
            "capacity",
            "status",
            "source",
        ])?;
    for (i, r) in actors.rows.iter().enumerate() {
        let place = actors.place(i);
        if matches!(&r[status], "inactive" | "withdrawn") {
            let message = format!("{} is {} in the Research Organization Registry", &r[name], &r[status]);
            builder.diagnostics().drop_record("closed_organisation", place, message)?;
            continue;
        }
        let kind = r[kind].parse::<ActorKind>().map_err(|_| Error::Format {
            path: actors.file.into(),
            line: i as u64 + 2,
            message: format!("no kind of actor {:?}", &r[kind]),
        })?;
        let mut actor = Actor::new(ActorId::new(&r[id])?, &r[name], kind);
        actor.position = position(&r[lon], &r[lat]);
        actor.commune = CommuneCode::new(&r[commune]).ok();
        actor.territory = match r[territory].split_once(':') {
            Some((level, code)) => {
                let Ok(level) = level.parse();
                Some((level, TerritoryCode::new(code)?))
            }
            None => None,
        };
        actor.themes = r[themes].split(';').filter(|t| !t.is_empty()).map(str::to_owned).collect();
        actor.capacity = number(&r[capacity]);
        actor.source = r[source].to_owned();
        if &r[status] == "unverified" {
            let message = format!("{}: hand-made list, not attested by a source", actor.name);
            builder.diagnostics().remark("unverified_actor", place.clone(), message);
            actor.source.push_str(" (unverified)");
        }
        builder.add_actor(actor, place)?;
    }
    Ok(())
}

pub(super) fn read_cooperations(builder: &mut InventoryBuilder) -> Result<Vec<ReciprocityContract>> {
    let projects = table!("projects").read()?;
    let period: HashMap<&str, Option<Period>> =
        projects.rows.iter().map(|r| (&r[0], Period::find(&r[1]))).collect();
    let participations = table!("participations").read()?;
    for (i, r) in participations.rows.iter().enumerate() {
        let project = ProjectId::new(format!("interreg:{}", &r[0]))?;
        let mut p = Participation::new(ActorId::new(&r[1])?, project, CooperationKind::TerritorialProject);
        p.role = if &r[2] == "lead" { ProjectRole::Lead } else { ProjectRole::Partner };
        p.period = period.get(&r[0]).copied().flatten();
        p.source = "interreg".to_owned();
        builder.add_participation(p, participations.place(i))?;
    }
    let units = table!("joint_units").read()?;
    for (i, r) in units.rows.iter().enumerate() {
        let mut c = Cooperation::new(ActorId::new(&r[0])?, ActorId::new(&r[1])?, CooperationKind::JointUnit);
        c.weight = number(&r[2]).unwrap_or(f64::NAN);
        c.source = "ror".to_owned();
        builder.add_cooperation(c, units.place(i))?;
    }
    let contracts = table!("reciprocity_contracts").read()?;
    let mut list = Vec::new();
    for (i, r) in contracts.rows.iter().enumerate() {
        let contract = ReciprocityContract {
            urban: ActorId::new(&r[0])?,
            rural: ActorId::new(&r[1])?,
            signed: &r[2] == "signed",
            status: r[3].to_owned(),
            date: r[4].to_owned(),
            themes: r[5].split(';').filter(|t| !t.is_empty()).map(str::to_owned).collect(),
            evidence: r[6].to_owned(),
        };
        if contract.signed {
            let mut c = Cooperation::new(
                contract.urban.clone(),
                contract.rural.clone(),
                CooperationKind::ReciprocityContract,
            );
            c.period = Period::find(&contract.date);
            c.themes.clone_from(&contract.themes);
            c.source = "reciprocity".to_owned();
            builder.add_cooperation(c, contracts.place(i))?;
        } else {
            let message =
                format!("contract {} – {} makes no tie: {}", contract.urban, contract.rural, contract.status);
            builder.diagnostics().drop_record("contract_not_signed", contracts.place(i), message)?;
        }
        list.push(contract);
    }
    Ok(list)
}

pub(super) fn read_funding(builder: &mut InventoryBuilder) -> Result<()> {
    let table = table!("eafrd_2014_2020").read()?;
    let columns = ["programme_id", "programme", "measure", "measure_name", "eu_eur", "national_eur"];
    let [id, programme, measure, name, eu, national] = table.columns(columns)?;
    for (i, r) in table.rows.iter().enumerate() {
        for (money, column) in [(MoneySource::EuropeanUnion, eu), (MoneySource::National, national)] {
            let mut line = FundingLine::new(&r[id], number(&r[column]).unwrap_or(f64::NAN));
            line.programme = r[programme].to_owned();
            line.code = if &r[measure] == "VOID" { None } else { Some(Measure::new(&r[measure])?.into()) };
            line.code_name = r[name].to_owned();
            line.money = money;
            place_lines(std::slice::from_mut(&mut line));
            builder.add_funding(line, table.place(i))?;
        }
    }
    Ok(())
}
