//! Real processes that are killed at random moments under load.
//!
//! `TASKER_CRASH_HOST_KILLS` and `TASKER_CRASH_POSTGRES_KILLS` say how many, `TASKER_CRASH_SEED`
//! repeats the choice of moments.

mod chance;
mod counter;
mod final_state;
mod frozen;
pub mod hosts;
mod load;
mod memory;
mod postgres;
mod readers;
mod rest;
mod traces;
mod webhook;

use crate::harness::{TestDatabase, basics, client, wait_until};
use chance::Chance;
use hosts::Hosts;
use load::Load;
use postgres::Postgres;
use readers::Readers;
use serde_json::json;
use std::time::{Duration, Instant};
use traces::Collector;
use webhook::Webhook;

/// Kills of the normal suite.
const HOST_KILLS: u64 = 6;
const POSTGRES_KILLS: u64 = 2;

/// From when all is well again to the next kill.
const PAUSE_MS: std::ops::Range<u64> = 20..700;

/// Chances per mille that a host is killed a moment after PostgreSQL was.
const TWIN_KILLS_PER_MILLE: u64 = 300;

/// What is killed next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Victim {
    Host,
    Postgres,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_task_ends_right_though_hosts_and_the_database_are_killed() {
    let (host_kills, postgres_kills) = (
        number("TASKER_CRASH_HOST_KILLS", HOST_KILLS),
        number("TASKER_CRASH_POSTGRES_KILLS", POSTGRES_KILLS),
    );
    let mut chance = Chance::new(number("TASKER_CRASH_SEED", Chance::seed_of_now()));
    let started = Instant::now();
    let postgres = Postgres::start().await;
    let collector = Collector::start();
    let hosts = Hosts::start_with(&postgres.url(), collector.variables()).await;
    load::publish(&client(), &hosts.url(0), basics()).await;
    let readers = Readers::begin(&hosts.urls());
    let webhook = Webhook::begin(&hosts.url(0)).await;
    counter::subscribe(&hosts.url(0)).await;
    let load = Load::begin(hosts.urls());
    for victim in victims(host_kills, postgres_kills, &mut chance) {
        tokio::time::sleep(Duration::from_millis(chance.within(PAUSE_MS))).await;
        let host = chance.index(hosts::COUNT);
        match victim {
            Victim::Host => hosts.kill(host).await,
            Victim::Postgres if chance.within(0..1_000) < TWIN_KILLS_PER_MILLE => {
                tokio::join!(postgres.kill(), hosts.kill(host));
            }
            Victim::Postgres => postgres.kill().await,
        }
    }
    let acknowledged = load.end().await;
    let pool = postgres.pool().await;
    let open = "all tasks are over, or stand still for a minute";
    wait_until(open, async || final_state::is_over(&pool).await).await;
    let killed = json!({"hosts": host_kills, "postgres": postgres_kills, "seed": chance.seed});
    let seen = [
        readers.end(&acknowledged).await,
        webhook.end(&acknowledged).await,
        counter::end(&pool).await,
        collector.end(&pool).await,
    ];
    final_state::check(&pool, &acknowledged, &seen, killed, started.elapsed()).await;
    hosts.stop().await;
    postgres.stop().await;
}

/// All kills in a random order.
fn victims(hosts: u64, postgres: u64, chance: &mut Chance) -> Vec<Victim> {
    let (mut hosts, mut postgres) = (hosts, postgres);
    let mut victims = Vec::new();
    while hosts + postgres > 0 {
        if chance.within(0..hosts + postgres) < hosts {
            victims.push(Victim::Host);
            hosts -= 1;
        } else {
            victims.push(Victim::Postgres);
            postgres -= 1;
        }
    }
    victims
}

fn number(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => otherwise,
    }
}
