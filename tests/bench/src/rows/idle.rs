//! Agents that nobody asks anything, for a minute: their memory, and how often they wake. One has just started, one
//! was locked and unlocked, one was unlocked with a PIN, one is locked, one has served many clients.

use std::thread::sleep;
use std::time::Duration;

use passcode_proto::request::Lock;

use super::{PROFILE, PROFILES};
use crate::Outcome;
use crate::load::many;
use crate::load::target::wanted;
use crate::report::{Goal, Report};
use crate::site::Site;
use crate::site::agent::{Agent, names, unlock};
use crate::site::memory::{Memory, memory, wakeups};

/// Until threads that were needed for the opening have gone.
const SETTLING: Duration = Duration::from_secs(3);

const WATCHED: Duration = Duration::from_secs(60);

/// The load before: counter-based and time-based codes on many connections.
const LOAD: Duration = Duration::from_secs(1);
const LOAD_CONNECTIONS: usize = 200;

/// KiB of private memory that an idle agent may have.
const PRIVATE: f64 = 2048.0;

/// Measures.
pub fn measure(site: &Site, report: &mut Report) -> Outcome<()> {
    let agents = [
        ("fresh", fresh(site, "idle-fresh")?),
        ("after lock and unlock", unlocked(site)?),
        ("after an unlock with a PIN", unlocked_with_pin(site)?),
        ("locked", locked(site, "idle-locked")?),
        ("after load", loaded(site)?),
    ];
    let ssh = site.ssh("idle-ssh")?;
    sleep(SETTLING);
    let before =
        agents.iter().map(|(_, agent)| wakeups(agent.id())).collect::<Outcome<Vec<_>>>()?;
    sleep(WATCHED);
    let reference = ssh.map(|ssh| memory(ssh.id())).transpose()?.flatten();
    for ((state, agent), before) in agents.iter().zip(before) {
        let woke = wakeups(agent.id())? - before;
        match memory(agent.id())? {
            Some(memory) => tell_memory(report, state, memory, reference),
            None => report.lacks(
                &format!("idle agent, {state}: memory"),
                "the administrator's right to look",
            ),
        }
        let what = format!("idle agent, {state}: wakeups in 60 s");
        report.tell(&what, &woke.to_string(), woke as f64, Some((Goal::AtMost(0.0), "")));
    }
    agents.into_iter().try_for_each(|(_, agent)| agent.quit())
}

fn tell_memory(report: &mut Report, state: &str, memory: Memory, reference: Option<Memory>) {
    let what = format!("idle agent, {state}: resident memory");
    let Memory { resident, private, own } = memory;
    match reference {
        None => report.lacks(&what, "ssh-agent"),
        Some(ssh) => {
            let (ours, theirs) =
                (format!("{resident} KiB"), format!("ssh-agent {} KiB", ssh.resident));
            report.compare(
                &what,
                &ours,
                &theirs,
                resident as f64 / ssh.resident as f64,
                Some(Goal::AtMost(1.0)),
            );
        }
    }
    let what = format!("idle agent, {state}: private memory");
    let measured = format!("{private} KiB, {own} KiB without the program's own pages");
    report.tell(&what, &measured, private as f64, Some((Goal::AtMost(PRIVATE), " KiB")));
}

fn fresh(site: &Site, name: &str) -> Outcome<Agent> {
    let agent = site.agent(name)?;
    agent.pair_totp(names(PROFILES))?;
    agent.quit()?;
    let again = site.lone_agent(name)?;
    again.client()?.call(wanted(PROFILE))?;
    Ok(again)
}

fn unlocked(site: &Site) -> Outcome<Agent> {
    let agent = locked(site, "idle-unlocked")?;
    agent.client()?.call(unlock(false))?;
    Ok(agent)
}

fn unlocked_with_pin(site: &Site) -> Outcome<Agent> {
    let agent = fresh(site, "idle-pin")?;
    agent.set_pin()?;
    agent.client()?.call(Lock {})?;
    agent.client()?.call(unlock(true))?;
    Ok(agent)
}

fn locked(site: &Site, name: &str) -> Outcome<Agent> {
    let agent = fresh(site, name)?;
    agent.client()?.call(Lock {})?;
    Ok(agent)
}

fn loaded(site: &Site) -> Outcome<Agent> {
    let agent = fresh(site, "idle-loaded")?;
    agent.pair_hotp(["counter".to_owned()])?;
    for profile in ["counter", PROFILE] {
        many::kept(&vec![agent.code(profile)?; LOAD_CONNECTIONS], LOAD)?;
    }
    Ok(agent)
}
