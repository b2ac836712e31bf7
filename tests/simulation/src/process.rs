//! One server process: its connection, its engine, and a client that calls it directly.

use std::sync::{Arc, Mutex, PoisonError};

use lro::codegen::{Serving, register_method};
use lro::google::longrunning::operations_client::OperationsClient;
use lro::google::longrunning::operations_server::OperationsServer;
use lro::store::{Change, MemoryStore};
use lro::{Engine, OperationsService};
use lro_store_conformance::{FailureMode, Fault, FaultyStore};
use tokio_util::sync::CancellationToken;

use crate::clock::StoreClock;
use crate::history::History;
use crate::job::WORK;
use crate::knobs::Knobs;
use crate::recorder::Recorder;
use crate::service::Service;
use crate::weather::{Outage, Verdict, Weather, Wire};
use test_tools::Dice;

/// What all processes of a schedule share.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) knobs: Knobs,
    pub(crate) dice: Dice,
    pub(crate) clock: StoreClock,
    pub(crate) store: MemoryStore,
    pub(crate) history: History,
    pub(crate) weather: Weather,
}

/// One server process.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) number: usize,
    pub(crate) engine: Engine,
    pub(crate) operations: OperationsClient<OperationsServer<OperationsService>>,
    pub(crate) connection: FaultyStore<Recorder>,
    pub(crate) died: CancellationToken,
    partition: Arc<Mutex<Option<Outage>>>,
    history: History,
    /// The engine does not hold it.
    _service: Arc<Service>,
}

impl Process {
    pub(crate) fn begin(world: &World) -> Arc<Self> {
        let World { knobs, dice, clock, store, history, weather } = world;
        let number = history.begin_process();
        let died = CancellationToken::new();
        let connection = FaultyStore::new(Recorder::new(store.clone(), history.clone(), number));
        let partition = Arc::default();
        let wire = Wire {
            weather: weather.clone(),
            history: history.clone(),
            dice: dice.fork(),
            rates: knobs.rates.clone(),
            partition: Arc::clone(&partition),
            breaks_left: 4,
        };
        decide_calls(&connection, wire, number, died.clone());
        decide_hints(&connection, world, number);
        let source = dice.fork();
        let builder =
            Engine::builder(connection.clone()).random_source(move || source.bits()).clock(clock.clone());
        let engine = knobs.engine(builder).build();
        let service = Arc::new(Service { history: history.clone(), process: number, died: died.clone() });
        register_method(
            &Serving::new(Arc::clone(&service), &engine),
            WORK,
            WORK.descriptors(),
            Service::work,
        );
        let operations = OperationsClient::new(engine.operations_server());
        let history = history.clone();
        Arc::new(Self { number, engine, operations, connection, died, partition, history, _service: service })
    }

    /// Kills it, or notes that it has ended: nothing that it does from now on reaches anybody.
    pub(crate) fn end(&self, how: &'static str) {
        self.history.end_process(self.number, how);
        self.died.cancel();
    }

    /// Cuts it off from the store for a while.
    pub(crate) fn cut_off(&self, outage: Outage) {
        *self.partition.lock().unwrap_or_else(PoisonError::into_inner) = Some(outage);
    }
}

fn decide_calls(connection: &FaultyStore<Recorder>, mut wire: Wire, process: usize, died: CancellationToken) {
    let history = wire.history.clone();
    connection.decide(move |call| {
        if history.is_dead(process) {
            return Fault::before(FailureMode::Hang);
        }
        match wire.decide(call.method) {
            Verdict::Fault(fault) => {
                if fault != Fault::none() {
                    history.log(|| format!("p{process} calls {} with {fault:?}", call.method));
                }
                fault
            }
            Verdict::Crash { executes } => {
                history
                    .log(|| format!("p{process} calls {} and crashes; it executes: {executes}", call.method));
                history.end_process(process, "crashes");
                died.cancel();
                if executes { Fault::after(FailureMode::Hang) } else { Fault::before(FailureMode::Hang) }
            }
        }
    });
}

fn decide_hints(connection: &FaultyStore<Recorder>, world: &World, process: usize) {
    let World { knobs, dice, history, weather, .. } = world;
    let (lost, dice, history, weather) =
        (knobs.rates.lost_hint, dice.fork(), history.clone(), weather.clone());
    connection.decide_hints(move |change| {
        if history.is_dead(process) {
            return false;
        }
        let is_lost = dice.happens(lost) && !weather.is_calm();
        if is_lost {
            let mut facts = history.facts();
            facts.processes[process].lost_hints = true;
            facts.coverage.add("hints lost");
        } else if let Change::StopRequested(name, _) = change {
            history.hint_to_stop(process, name);
        }
        !is_lost
    });
}
